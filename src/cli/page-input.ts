import type { AnswerPageInput, RecordPoint } from "../lib/adapters/html/answer-page-input.ts";
import { byTimeframe } from "../lib/candles/resample.ts";
import type { CandleSeries, SeriesKey } from "../lib/candles/candle-series.ts";
import { knownBy } from "../lib/candles/slice.ts";
import { defaultDesign } from "../lib/graph/design.ts";
import { buildGraphFromOhlcv } from "../lib/graph/window-graph.ts";
import type { Answer } from "../lib/recall/answer.ts";
import { pathAround, type Path } from "../lib/recall/paths.ts";
import type { RecallRecord } from "../lib/recall/record-type.ts";
import { horizonBars } from "../lib/time/horizon.ts";
import { iso } from "../lib/time/units.ts";

const DRAWN = 160; // points of a path: more cannot be told apart on a page
const BEFORE = 1; // as many horizons before the anchor as after it
const GRAPH_ROWS = 24;
const LOW = 1; // of LEVELS: 0.1
const HIGH = 5; // 0.9

export interface PageSources {
  readonly answer: Answer;
  /** The series as it was known by the answer's `asOf`, and as it is known now: only what happened is drawn from that. */
  readonly candles: CandleSeries;
  readonly newest: CandleSeries;
  readonly timeframes: readonly string[];
  readonly record: RecallRecord | null;
  /** Another series as it was known by the answer's `asOf`. */
  readonly read: (key: SeriesKey) => CandleSeries;
  readonly notes: readonly string[];
  readonly symbolName?: string;
}

/** Gathers what the page of an answer draws. */
export function pageInput(from: PageSources): AnswerPageInput {
  const { answer, candles, notes, symbolName } = from;
  const anchor = Date.parse(answer.question.anchor);
  const bars = horizonBars(answer.question.horizon, candles.timeframe, candles.calendar);
  const before = Math.max(20, BEFORE * bars);
  const stride = Math.max(1, Math.ceil((before + bars) / DRAWN));
  const known = byTimeframe(knownBy(candles, anchor), from.timeframes);
  const own = pathAround(candles, anchor, { before, after: 0, stride });
  const after = answer.happened ? pathAround(from.newest, anchor, { before: 0, after: bars, stride }) : null;
  return {
    answer,
    candles: known,
    paths: neighbourPaths(from, { before, after: bars, stride }),
    question: { before: own ?? { offsetBars: [], logReturn: [] }, after },
    graph: buildGraphFromOhlcv(known, {
      design: defaultDesign(from.timeframes, { windows: rowsEach(from.timeframes) }),
    }),
    horizonBars: bars,
    notes,
    ...(symbolName === undefined ? {} : { symbolName }),
    ...(from.record ? { record: recordPoints(from.record, Date.parse(answer.question.asOf)) } : {}),
  };
}

function rowsEach(timeframes: readonly string[]): Record<string, number> {
  return Object.fromEntries(timeframes.map((timeframe) => [timeframe, GRAPH_ROWS]));
}

function neighbourPaths(
  { answer, candles, read }: PageSources,
  span: { before: number; after: number; stride: number },
): Record<string, Path> {
  const series = new Map<string, CandleSeries>();
  const paths: Record<string, Path> = {};
  for (const { id, source, symbol, timeframe, anchor } of answer.neighbours) {
    const name = [source, symbol, timeframe].join("\n");
    const own = source === candles.source && symbol === candles.symbol && timeframe === candles.timeframe;
    const found = series.get(name) ?? (own ? candles : read({ source, symbol, timeframe }));
    series.set(name, found);
    const path = pathAround(found, Date.parse(anchor), span);
    if (path) paths[id] = path;
  }
  return paths;
}

/** Past answers that had matured by `asOf`, with their 80 % band. */
function recordPoints(record: RecallRecord, asOf: number): RecordPoint[] {
  const points: RecordPoint[] = [];
  const width = record.calibrated["recall.return"].length / Math.max(1, record.matureAt.length);
  for (const [row, matureAt] of record.matureAt.entries()) {
    if (matureAt === null || matureAt > asOf || record.moments.abstained[row]) continue;
    const low = record.calibrated["recall.return"][row * width + LOW] ?? null;
    const high = record.calibrated["recall.return"][row * width + HIGH] ?? null;
    const happened = record.outcomes.return[row] ?? null;
    const anchor = record.moments.anchor[row] ?? null;
    if (low !== null && high !== null && happened !== null && anchor !== null)
      points.push({ anchor: iso(anchor), low, high, happened });
  }
  return points;
}
