import type { BackfillProgress, BackfillResult } from "../../../workflows/backfill/plan.ts";
import { mirroredLines } from "../mirror.ts";
import type { Progress, Ui } from "../ui.ts";

const DOING: Readonly<Record<BackfillProgress["phase"], string>> = {
  candles: "reading candles",
  encoder: "choosing an encoder",
  moments: "remembering moments",
  records: "asking the past",
  index: "writing to the index",
};

/** Shows how far a backfill is; `end` takes it away. */
export class BackfillDisplay {
  readonly #ui: Ui;
  #shown: { readonly phase: string; readonly progress: Progress } | null = null;
  #last: BackfillProgress | null = null;

  constructor(ui: Ui) {
    this.#ui = ui;
  }

  show(progress: BackfillProgress, note = ""): void {
    this.#last = progress;
    const { phase, done, series } = progress;
    if (this.#shown?.phase !== phase) {
      this.end();
      this.#shown = { phase, progress: this.#ui.progress(DOING[phase], series) };
    }
    this.#shown.progress.update(done, note);
  }

  /** What is being done within a series. */
  note(text: string): void {
    if (this.#last) this.show(this.#last, text);
  }

  end(): void {
    this.#shown?.progress.done();
    this.#shown = null;
  }
}

/** What a backfill came to, as `remember` says it. */
export function printBackfill(ui: Ui, result: BackfillResult, memory: string): void {
  const n = (value: number): string => value.toLocaleString("en-US");
  for (const { symbol, reason } of result.failures) ui.note(`${symbol} was given up: ${reason}`);
  const more = result.failed - result.failures.length;
  if (more > 0) ui.note(`… and ${n(more)} more`);
  const through = result.series - result.failed;
  ui.out(
    `${through} of ${n(result.series)} series: ${n(result.candles)} new candles, ${n(result.patterns)} new patterns, ` +
      `${n(result.labelled)} outcomes, ${n(result.questions)} past questions in their records, in ${memory}`,
  );
  if (result.index !== null)
    for (const line of mirroredLines({ index: "the index", ...result.index })) ui.out(line);
  if (result.encoder !== null) ui.note(`encoder ${result.encoder}`);
}
