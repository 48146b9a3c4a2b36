import type { Command } from "commander";

/** One command of `./rhyme`: what help says about it, and where it is. */
export interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  /** Loads the command's own file; the others stay unread, so that every command starts fast. */
  readonly load: () => Promise<(program: Command) => void>;
}

export const COMMANDS: readonly CommandEntry[] = [
  {
    name: "demo",
    summary: "what rhymes with 16 March 2020 in twenty years of the S&P 500, as a page",
    load: async () => (await import("./commands/demo.ts")).addDemo,
  },
  {
    name: "check",
    summary: "quality report and gap ledger of candle files",
    load: async () => (await import("./commands/check.ts")).addCheck,
  },
  {
    name: "remember",
    summary: "candle files into a memory: read, check, embed, label, store",
    load: async () => (await import("./commands/remember.ts")).addRemember,
  },
  {
    name: "ask",
    summary: "what rhymes with one moment, what followed, how far to trust it",
    load: async () => (await import("./commands/ask.ts")).addAsk,
  },
  {
    name: "test",
    summary: "all that CI checks: format, lint, types, tests",
    load: async () => (await import("./commands/test.ts")).addTest,
  },
];
