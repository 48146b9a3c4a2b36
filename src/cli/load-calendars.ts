import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { resolveRhyme } from "../lib/adapters/look-ahead/resolve-rhyme.ts";
import { RhymeError } from "../lib/errors.ts";
import type { Calendar } from "../lib/time/calendar.ts";
import { registerCalendar } from "../lib/time/calendars.ts";
import { checkCalendar } from "../lib/time/check-calendar.ts";

/**
 * Splits the calendar files off: `--calendars FILE` or `--calendars=FILE`, any number of times before the command.
 * @throws RhymeError "usage" where the file is left out
 */
export function splitCalendars(argv: readonly string[]): {
  files: readonly string[];
  rest: readonly string[];
} {
  const files: string[] = [];
  let at = 0;
  for (; /^--calendars(=|$)/.test(argv[at] ?? ""); at++) {
    const file = argv[at] === "--calendars" ? argv[++at] : argv[at]!.slice("--calendars=".length);
    if (!file || file.startsWith("-")) throw unusable("a file with calendars", file ?? "nothing", "usage");
    files.push(file);
  }
  const rest = argv.slice(at);
  const behind = rest.find((word) => /^--calendars(=|$)/.test(word));
  if (behind !== undefined) throw unusable("it before the command", `${behind} behind it`, "usage");
  return { files, rest };
}

/**
 * Runs a module (.ts, .js, .mjs) whose default export is a calendar or a list of them, and registers each by name.
 * @throws RhymeError naming the file, for one that cannot be run and a calendar that breaks its contract
 */
export async function loadCalendars(file: string): Promise<void> {
  const path = resolve(file);
  if (!existsSync(path)) throw unusable("a file with calendars", `${file}, which does not exist`, "usage");
  resolveRhyme();
  let module: { default?: unknown };
  try {
    module = (await import(pathToFileURL(path).href)) as { default?: unknown };
  } catch (error) {
    throw unusable(`a module that runs: ${file}`, String(error).split("\n")[0]!, "input");
  }
  if (module.default === undefined) throw unusable(`a default export in ${file}`, "none", "input");
  const calendars: readonly unknown[] = Array.isArray(module.default) ? module.default : [module.default];
  if (calendars.length === 0) throw unusable(`a calendar in ${file}`, "an empty list", "input");
  for (const calendar of calendars) {
    check(calendar, file);
    registerCalendar(calendar as Calendar);
  }
  loaded.push(path);
}

/** What a calendar's own code throws is the user's to see, with the file it comes from. */
function check(calendar: unknown, file: string): void {
  try {
    checkCalendar(calendar, `${file}: calendar`);
  } catch (error) {
    if (error instanceof RhymeError) throw error;
    throw unusable(`a calendar in ${file} that answers`, String(error).split("\n")[0]!, "input");
  }
}

const loaded: string[] = [];

/** Files whose calendars were registered so far: what a process that reads the same candles needs as well. */
export function loadedCalendars(): readonly string[] {
  return loaded;
}

function unusable(expected: string, received: string, kind: "usage" | "input"): RhymeError {
  return new RhymeError(kind, {
    place: "--calendars",
    expected,
    received,
    remedy: "Write ./rhyme --calendars tokyo.ts <command>; docs/calendars.md shows such a file",
  });
}
