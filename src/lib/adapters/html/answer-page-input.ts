import type { CandlesByTimeframe } from "../../candles/candle-series.ts";
import type { Graph } from "../../graph/graph.ts";
import type { Answer } from "../../recall/answer.ts";
import type { Path } from "../../recall/paths.ts";

/** Everything that the page of one answer shows. Nothing is computed from a market here, it is only drawn. */
export interface AnswerPageInput {
  readonly answer: Answer;
  /** What the symbol is called in a sentence: `the S&P 500`. Default: the symbol. */
  readonly symbolName?: string;
  /** Candles per timeframe; the page shows the last of each that were known at the anchor. */
  readonly candles: CandlesByTimeframe;
  /** Way to and from the anchor of each neighbour, by its id. */
  readonly paths: Readonly<Record<string, Path>>;
  /** The question's own way to its anchor, and on from it as far as it is known. */
  readonly question: { readonly before: Path; readonly after: Path | null };
  /** The window graph at the anchor; its nodeRow counts in `candles`. */
  readonly graph: Graph | null;
  /** Bars of the base timeframe in the horizon. Default: horizonBars of the question. */
  readonly horizonBars?: number;
  /** What an honest reader should know: how the encoder was fitted, where the data is odd. */
  readonly notes: readonly string[];
  /** A second answer, shown as an example, for instance of abstaining. */
  readonly example?: { readonly answer: Answer; readonly title: string };
  /** Past answers of the same kind, for a chart of how they fared. */
  readonly record?: readonly RecordPoint[];
}

/** One past answer with its outcome: 80 % band and what happened, as log returns. */
export interface RecordPoint {
  readonly anchor: string; // ISO
  readonly low: number;
  readonly high: number;
  readonly happened: number;
}
