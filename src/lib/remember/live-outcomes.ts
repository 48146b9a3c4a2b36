import { rowsOf, type CandleSeries } from "../candles/candle-series.ts";
import { MATURE, PENDING, type ContextColumns } from "../context/context.ts";
import { labelHorizon } from "../context/label.ts";
import { clockSlots, harDesign, type HarDesign } from "../forecast/har-design.ts";
import { harRegressors } from "../forecast/har-regressors.ts";
import { harPass, teaches, type HarPass } from "../forecast/har.ts";
import type { Horizon } from "../time/horizon.ts";
import type { LiveTail } from "./live-tail.ts";
import { pickContexts } from "./moments.ts";

/** What a row says to the base forecasts, now and once its outcome is known. */
interface Regressors {
  readonly x: Float64Array; // [spans + 1]
  readonly slot: number;
}

/** One horizon: what it has learnt, and the first row whose outcome is still to come. */
interface Lane {
  readonly horizon: Horizon;
  readonly pass: HarPass;
  pending: number;
}

/** Rows of a series that matured at one instant: `rows[i]` is its number, row i of `columns` what followed. */
export interface Matured {
  readonly rows: Int32Array;
  readonly columns: ContextColumns;
}

/** What followed the rows of a series, and what the base forecasts make of it: going on from a whole history. */
export class LiveOutcomes {
  readonly #design: HarDesign;
  readonly #lanes: readonly Lane[];
  /** Of the rows from the first pending one on. */
  readonly #regressors = new Map<number, Regressors>();

  /** @param series all rows so far, ascending by `knownAt` */
  constructor(series: CandleSeries, horizons: readonly Horizon[]) {
    this.#design = harDesign(series);
    const n = rowsOf(series);
    this.#lanes = horizons.map((horizon) => {
      const columns = labelHorizon(series, horizon);
      const pending = columns.state.indexOf(PENDING);
      return {
        horizon,
        pass: harPass(series, columns, this.#design).pass,
        pending: pending < 0 ? n : pending,
      };
    });
    this.#remember(series, 0, this.pending);
  }

  /** First row of the tail that is still needed. */
  needs(end: number): number {
    return Math.min(this.pending, Math.max(0, end - this.#longest));
  }

  /** The first row whose outcome over some horizon is still to come. */
  get pending(): number {
    return Math.min(...this.#lanes.map(({ pending }) => pending));
  }

  get #longest(): number {
    return this.#design.spans.at(-1)!;
  }

  /**
   * Takes the rows of one instant, from number `from` to the end of the tail.
   * @returns by horizon what matured, and the base forecast of the newest row; null where something matured that could
   * have done so before: then the order in which it was learnt is another one
   */
  push(
    tail: LiveTail,
    from: number,
  ): { readonly matured: readonly Matured[]; readonly base: Readonly<Record<Horizon, number>> } | null {
    const now = tail.at("knownAt", tail.end - 1);
    const first = Math.max(0, from - this.#longest);
    this.#remember(tail.candles(first), first, from);
    const matured = this.#lanes.map((lane) => maturedIn(tail, lane));
    if (matured.some(({ rows, columns }) => rows.some((_, i) => columns.matureAt[i]! < now))) return null;
    const base = this.#lanes.map((lane, i): [Horizon, number] => {
      this.#learn(lane, matured[i]!);
      return [lane.horizon, this.#forecasts(tail, lane, from)];
    });
    const pending = this.pending;
    for (const row of this.#regressors.keys()) {
      if (row >= pending) break;
      this.#regressors.delete(row);
    }
    return { matured, base: Object.fromEntries(base) };
  }

  /** Keeps what the rows of `series` say from number `from` on; its first row has number `first`. */
  #remember(series: CandleSeries, first: number, from: number): void {
    const width = this.#design.spans.length + 1;
    const x = harRegressors(series, this.#design.spans, this.#design.warmUp);
    const slots = clockSlots(series);
    for (let row = from - first; row < rowsOf(series); row++)
      this.#regressors.set(first + row, { x: x.slice(row * width, (row + 1) * width), slot: slots[row]! });
  }

  #learn({ pass }: Lane, { rows, columns }: Matured): void {
    rows.forEach((row, i) => {
      const { x, slot } = this.#regressors.get(row)!;
      const [logAtrRatio, atrNow] = [columns.values.logAtrRatio[i]!, columns.atrNow[i]!];
      if (teaches(x[0]!, logAtrRatio, atrNow)) pass.learn(x, 0, slot, logAtrRatio, atrNow);
    });
  }

  /** Every row is forecast, for the model is renewed between rows; that of the newest is handed out. */
  #forecasts(tail: LiveTail, { pass }: Lane, from: number): number {
    let newest = NaN;
    for (let row = from; row < tail.end; row++) {
      const { x, slot } = this.#regressors.get(row)!;
      newest = pass.forecast(x, 0, slot, tail.at("atr", row) / tail.at("close", row));
    }
    return newest;
  }
}

/** What matured of a horizon; its lane goes on to the first row that is still pending. */
function maturedIn(tail: LiveTail, lane: Lane): Matured {
  const start = lane.pending;
  const columns = labelHorizon(tail.candles(start), lane.horizon, tail.past(start));
  const { state } = columns;
  const pending = state.indexOf(PENDING);
  const end = pending < 0 ? state.length : pending;
  lane.pending = start + end;
  const due = Int32Array.from(state.keys()).filter((i) => i < end && state[i] === MATURE);
  return { rows: due.map((i) => start + i), columns: pickContexts(columns, due) };
}
