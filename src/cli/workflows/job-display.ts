import type { Json } from "../../../workflows/activity-host.ts";
import type { Progress, Ui } from "../ui.ts";

/** What a plan reports, as far as it says how far it is. */
interface Reported {
  readonly phase?: string;
  readonly done?: number;
  /** Of so many series, or of so many steps. */
  readonly series?: number;
  readonly total?: number;
}

/** Phases in words; others are shown as they are. */
const DOING: Readonly<Record<string, string>> = {
  candles: "reading candles",
  encoder: "choosing an encoder",
  moments: "remembering moments",
  records: "asking the past",
  index: "writing to the index",
};

/** Shows how far a job in this process is; `end` takes it away. */
export class JobDisplay {
  readonly #ui: Ui;
  #shown: { readonly label: string; readonly progress: Progress } | null = null;
  #last: Reported = {};

  constructor(ui: Ui) {
    this.#ui = ui;
  }

  show(reported: Reported, note = ""): void {
    this.#last = reported;
    const { phase = "working", done = 0, series = 0, total = series } = reported;
    const label = DOING[phase] ?? phase;
    if (this.#shown?.label !== label) {
      this.end();
      this.#shown = { label, progress: this.#ui.progress(label, total) };
    }
    this.#shown.progress.update(done, note);
  }

  /** What a running activity tells. */
  told(told: Json): void {
    this.show(this.#last, stageOf(told));
  }

  end(): void {
    this.#shown?.progress.done();
    this.#shown = null;
  }
}

/** `storing patterns, 5,000 of 10,000` */
function stageOf(told: Json): string {
  const { stage, done, total } = (told ?? {}) as Readonly<Record<string, Json>>;
  if (typeof stage !== "string") return "";
  const n = (value: Json | undefined): string => Number(value).toLocaleString("en-US");
  return typeof total === "number" && total > 0 ? `${stage}, ${n(done)} of ${n(total)}` : stage;
}
