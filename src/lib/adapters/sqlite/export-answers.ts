import { LABELS } from "../../context/context.ts";
import { sha256Hex } from "../../math/hash.ts";
import { LEVEL_NAMES, LEVELS, type Answer } from "../../recall/answer.ts";
import type { ExportCell, ExportKind, ExportShape, ExportTable } from "../files/export-columns.ts";
import { eachRow } from "./each-row.ts";
import type { ExportSpan } from "./export-candles.ts";
import { contextDigest } from "./pattern-rows.ts";
import { LABEL_COLUMNS } from "./schema.ts";
import type { Store } from "./store.ts";
import { damagedStore } from "./store-error.ts";
import { instantText } from "./verify-memory.ts";

/** Whose answers. */
export interface AnswerFilter {
  readonly tenant: string;
  readonly symbol?: string | undefined;
  readonly source?: string | undefined;
  readonly timeframe?: string | undefined;
  readonly encoder?: string | undefined;
}

type Distribution = NonNullable<Answer["distribution"]>;
const SIGNS = ["direction", "barrier"] as const;
const QUANTILED = LABELS.filter((label) => label !== "direction" && label !== "barrier");
const SNAKE = LABEL_COLUMNS.split(", ");
const snake = (label: (typeof LABELS)[number]): string => SNAKE[LABELS.indexOf(label)]!;

/**
 * The prediction log: the question, the forecast, quantiles as columns (`return_q05` … `return_q95`), and what
 * happened where that is known. `as_of` is later than `anchor` where an answer was asked with later knowledge: such a
 * one is no prediction. `known_at` is when the answer was said; `outcome_known_at` when it could be scored.
 */
export const ANSWER_SHAPE: ExportShape = {
  ...{ id: "text", tenant: "text", encoder: "text", symbol: "text", source: "text", timeframe: "text" },
  ...{
    horizon: "text",
    anchor: "instant",
    as_of: "instant",
    known_at: "instant",
    encoder_known_at: "instant",
  },
  ...{ hindsight: "flag", k: "count", among: "text" },
  ...{ abstained: "flag", reason: "text", effective_sample_size: "real", neighbours: "texts" },
  ...{ forecast_base: "real", forecast_residual: "real", forecast_shrink: "real", forecast_value: "real" },
  ...named(QUANTILED.flatMap((label) => LEVELS.map((level) => `${snake(label)}_${quantileName(level)}`))),
  ...named(SIGNS.flatMap((label) => ["down", "flat", "up"].map((way) => `${label}_p_${way}`))),
  ...{ return_calibrated: "flag", outcome_known_at: "instant", outcome_crosses_close: "flag" },
  ...named(LABELS.map((label) => `outcome_${snake(label)}`)),
};

function named(names: readonly string[]): Record<string, ExportKind> {
  return Object.fromEntries(names.map((name) => [name, "real"]));
}

/** 0.05 is `q05`, 0.5 is `q50`. */
function quantileName(level: number): string {
  return `q${String(Math.round(level * 100)).padStart(2, "0")}`;
}

/** The prediction log of one tenant, oldest anchor first. @throws RhymeError "store" where a row was changed */
export function answerTable(store: Store, filter: AnswerFilter, span: ExportSpan): ExportTable {
  return { shape: ANSWER_SHAPE, rows: answerRows(store, filter, span) };
}

function* answerRows(
  store: Store,
  { tenant, symbol, source, timeframe, encoder }: AnswerFilter,
  { from, to, asOf }: ExportSpan,
): Generator<ExportCell[]> {
  const wanted = Object.entries({ symbol, source, timeframe, encoder }).filter(
    ([, value]) => value !== undefined,
  );
  const sql = `SELECT recorded_at, answer, hash FROM answers WHERE tenant = ?
    ${wanted.map(([name]) => `AND ${name} = ?`).join(" ")} ORDER BY anchor, id`;
  for (const [said, text, hash] of eachRow(store, sql, tenant, ...wanted.map(([, value]) => value!))) {
    if (sha256Hex(Buffer.from(text as string)) !== hash)
      throw damagedStore(store.place, "an answer in the log");
    const answer = JSON.parse(text as string) as Answer;
    const anchor = Date.parse(answer.question.anchor);
    if (anchor < from || anchor >= to || (said as number) > asOf) continue;
    yield [
      ...questionCells(answer, said as number),
      ...answerCells(answer),
      ...outcomeCells(store, answer, asOf),
    ];
  }
}

function questionCells({ id, question, encoder }: Answer, said: number): ExportCell[] {
  const { tenant, symbol, source, timeframe, horizon, anchor, asOf, k, among } = question;
  const whose = [id, tenant, encoder.version, symbol, source, timeframe, horizon];
  const times = [Date.parse(anchor), Date.parse(asOf), said, Date.parse(encoder.knownAt)];
  return [...whose, ...times, encoder.hindsight, k, typeof among === "string" ? among : among.join()];
}

function answerCells(answer: Answer): ExportCell[] {
  const { abstained, reason, effectiveSampleSize, neighbours, distribution } = answer;
  const { base, residual, shrink, value } = answer.forecast?.logAtrRatio ?? NOTHING;
  const quantiles = QUANTILED.flatMap((label) => quantilesOf(distribution, label));
  const ways = SIGNS.flatMap((label) => {
    const odds = distribution?.[label].probabilities;
    return odds ? [odds["-1"], odds["0"], odds["1"]] : [null, null, null];
  });
  const ids = neighbours.map((neighbour) => neighbour.id);
  const said = [abstained, reason, effectiveSampleSize, ids, base, residual, shrink, value];
  return [...said, ...quantiles, ...ways, distribution?.return.calibrated ?? null];
}

const NOTHING = { base: null, residual: null, shrink: null, value: null };

function quantilesOf(
  distribution: Distribution | null,
  label: (typeof QUANTILED)[number],
): (number | null)[] {
  return LEVEL_NAMES.map((name) => distribution?.[label].quantiles[name] ?? null);
}

const OUTCOME = `SELECT series, anchor, revision, mature_at, crosses_close, ${LABEL_COLUMNS}, digest
  FROM contexts JOIN memories USING (memory) JOIN series USING (series)
  WHERE tenant = ? AND encoder = ? AND horizon = ? AND source = ? AND symbol = ? AND timeframe = ? AND anchor = ?
  ORDER BY revision DESC LIMIT 1`;

/** What followed, as far as it was known by `asOf`. */
function outcomeCells(store: Store, { question, encoder }: Answer, asOf: number): ExportCell[] {
  const { tenant, horizon, source, symbol, timeframe } = question;
  const anchor = Date.parse(question.anchor);
  const row = store.row(OUTCOME, tenant, encoder.version, horizon, source, symbol, timeframe, anchor);
  if (row && contextDigest(row) !== row.at(-1))
    throw damagedStore(store.place, `what followed ${instantText(anchor)} within ${horizon}`);
  if (!row || (row[3] as number) > asOf) return [null, null, ...LABELS.map(() => null)];
  return [row[3] as number, row[4] === 1, ...(row.slice(5, -1) as (number | null)[])];
}
