import type { Look } from "../lib/adapters/html/trust-page-input.ts";
import { openMemoryFolder } from "../lib/adapters/sqlite/open-memory.ts";
import { trustFolder, type TrustedFolder } from "../lib/adapters/folder/trust-folder.ts";
import type { TrustOptions } from "../lib/adapters/folder/trust-work.ts";
import { spanOf } from "./span.ts";
import { trustLooks } from "./trust-looks.ts";
import type { Ui } from "./ui.ts";
import { workOn } from "./work-on.ts";

/** A report with what its page needs. */
export interface Trusted extends TrustedFolder {
  readonly looks: readonly Look[];
}

export interface TrustMemoryOptions extends Omit<TrustOptions, "span"> {
  readonly memory: string;
  /** As people type them. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly ui: Ui;
}

/** Replays the past of a memory and scores it. */
export async function trustMemory(options: TrustMemoryOptions): Promise<Trusted> {
  const { memory, from, to, ui, signal } = options;
  const folder = openMemoryFolder(memory, { mode: "read" });
  const work = workOn(ui, signal);
  try {
    const span: NonNullable<TrustOptions["span"]> = (calendar) => spanOf({ from, to }, calendar);
    const trusted = await trustFolder(folder, { ...options, ...work, span });
    return { ...trusted, looks: trustLooks(folder.candles, trusted.report) };
  } finally {
    work.end();
    folder.close();
  }
}
