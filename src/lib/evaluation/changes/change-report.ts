import type { SeriesKey } from "../../candles/candle-series.ts";
import type { Label } from "../../context/context.ts";
import type { Answer } from "../../recall/answer.ts";
import type { BarValues } from "../../remember/corrections-of.ts";

export interface Change<T> {
  readonly before: T;
  readonly after: T;
}

/** A neighbour by name; `anchor` in ISO 8601. */
export interface NeighbourName extends SeriesKey {
  readonly id: string;
  readonly anchor: string;
}

export type LabelChanges = Readonly<Partial<Record<Label, Change<number | null>>>>;

/** What one state of knowledge makes of a question, against the state before it; null where nothing is different. */
export interface Difference {
  /** The moment itself; `distance` is 1 − cosine between its two embeddings. */
  readonly moment: {
    readonly revision: Change<number>;
    readonly distance: number;
    readonly atrNow: Change<number | null>;
    readonly base: Change<number | null>;
  } | null;
  readonly forecast: Change<NonNullable<Answer["forecast"]>["logAtrRatio"] | null> | null;
  /** The central 80 % band of `roc`. */
  readonly band80: Change<{ readonly low: number; readonly high: number } | null> | null;
  readonly neighbours: {
    readonly gone: readonly NeighbourName[];
    readonly came: readonly NeighbourName[];
    readonly moved: readonly (NeighbourName & { readonly distance: Change<number> })[];
    readonly relabelled: readonly (NeighbourName & { readonly labels: LabelChanges })[];
  };
  /** Why it abstained. */
  readonly reason: Change<string | null> | null;
  /** What really happened, as it was known. */
  readonly happened: LabelChanges | null;
  /** Every part of the answer that differs, by its name in the answer; `moment` where the moment itself does. */
  readonly parts: readonly string[];
}

/** One bar that was corrected, times in ISO 8601. */
export interface StatedBar {
  readonly openTime: string;
  readonly before: BarValues | null;
  readonly after: BarValues;
}

/** What brought a correction into the memory. */
export interface CorrectionSource {
  readonly command: string;
  readonly files: readonly { readonly path: string; readonly sha256: string }[];
}

export interface CorrectedSeries extends SeriesKey {
  /** By the ingest log; empty where no entry of that instant is of this series. */
  readonly from: readonly CorrectionSource[];
  readonly bars: number;
  /** The first of them. */
  readonly first: readonly StatedBar[];
  /** Whether the moment asked about is made from any of these bars. */
  readonly ofMoment: boolean;
  /** Neighbours of the answer as it was said, by id, whose outcome rests on any of these bars. */
  readonly ofNeighbours: readonly string[];
}

/** Everything that became known late at one instant, and what it made of the answer. */
export interface CorrectionStep {
  readonly knownAt: string;
  readonly series: readonly CorrectedSeries[];
  readonly difference: Difference | null;
}

/** What corrections made of an answer, one after the other. */
export interface ChangeReport {
  readonly answer: { readonly id: string; readonly question: Answer["question"] };
  /** Corrections that were known by then; null for all. */
  readonly knownBy: string | null;
  /** The same question asked again, as of its own time. */
  readonly again: {
    readonly id: string;
    readonly same: boolean;
    /** Parts that differ where the id does: corrections are not why. */
    readonly parts: readonly string[];
    readonly withRecord: boolean;
  };
  readonly corrections: readonly CorrectionStep[];
  /** The answer as it was against the answer after the last correction. */
  readonly altogether: Difference | null;
}
