import type { SeriesKey } from "../../candles/candle-series.ts";
import { RhymeError } from "../../errors.ts";
import { makeTrustReport, type TrustFold } from "../../evaluation/trust/make-trust-report.ts";
import type { TrustReport } from "../../evaluation/trust/trust-report.ts";
import { trustRows } from "../../evaluation/trust/trust-rows.ts";
import type { Searched } from "../../memory/searched.ts";
import type { RecallRecord } from "../../recall/record-type.ts";
import { viewAt } from "../../remember/views.ts";
import { iso, type EpochMs } from "../../time/units.ts";
import type { MemoryFolder } from "../sqlite/open-memory.ts";
import { heldEncoder } from "./held-encoders.ts";
import { readableHoldings } from "./tenant-holdings.ts";
import { trustGroup } from "./trust-group.ts";
import { replayed } from "./trust-records.ts";
import { walked } from "./trust-walk.ts";
import type { TrustOptions, TrustWork } from "./trust-work.ts";

/** A report with what should be said beside it. */
export interface TrustedFolder {
  readonly report: TrustReport;
  /** null where no index was named. */
  readonly searched: Searched | null;
  /** What a reader should know beside it. */
  readonly notes: readonly string[];
}

/**
 * Replays the past of a memory and scores it. What was not asked yet is asked first; it is kept where nobody writes.
 * @throws RhymeError where there is nothing to replay, or nothing to score
 */
export async function trustFolder(folder: MemoryFolder, options: TrustOptions): Promise<TrustedFolder> {
  const { tenant, horizon, refit, seed, resamples, signal } = options;
  const asked = trustGroup(readableHoldings(folder, options), options);
  const encoder = heldEncoder(folder, asked[0]!.encoder);
  const work = { folder, asked, encoder, options };
  const { calendar } = viewAt(folder.candles, asked[0]!, Infinity).series;
  const span = options.span?.(calendar) ?? { from: -Infinity, to: Infinity };
  const { records, folds, searched } = refit === "yearly" ? await walked(work) : await replayed(work);
  assertSome(records, folds, span);
  const onSeries = async (done: number, { symbol }: SeriesKey): Promise<void> => {
    await options.onProgress?.({ what: "asking the baselines", done, total: records.length, note: symbol });
    signal.throwIfAborted();
  };
  const rows = await trustRows(folder.candles, records, { ...span, asOf: Infinity, onSeries });
  const calendars = rows.series.map((key) => viewAt(folder.candles, key, Infinity).series.calendar.name);
  const report = makeTrustReport(rows, { tenant, horizon, refit, folds, calendars, seed, resamples });
  return { report, searched: searched ?? null, notes: notesOf(work, options, span.from) };
}

/** What was assumed where nothing was said. */
function notesOf(
  { folder, asked, encoder }: TrustWork,
  { tenant, symbol, refit }: TrustOptions,
  from: EpochMs,
): string[] {
  const { timeframe } = asked[0]!;
  const others = folder
    .holdings(tenant)
    .filter((held) => held.timeframe !== timeframe || held.encoder !== encoder.version);
  const names = [...new Set(others.map((held) => `${held.symbol} ${held.timeframe}`))];
  const known = `encoder ${encoder.version} was fitted on what was known by ${iso(encoder.knownAt)}`;
  return [
    ...(symbol === undefined
      ? [`scored: ${asked.map((held) => `${held.symbol} ${timeframe}`).join(", ")}`]
      : []),
    ...(names.length > 0 ? [`not labelled for this horizon through this encoder: ${names.join(", ")}`] : []),
    ...(refit === "never" && from === -Infinity ? [`asked from then on: ${known}`] : []),
    ...(refit === "yearly"
      ? ["each encoder was fitted on what was known before its year, the memory's own is not used"]
      : []),
  ];
}

function assertSome(
  records: readonly RecallRecord[],
  folds: readonly TrustFold[],
  { from, to }: { readonly from: number; readonly to: number },
): void {
  const anchors = records.flatMap(({ moments }) => moments.anchor as readonly number[]);
  if (anchors.some((t) => t >= from && t <= to)) return;
  const say = (t: number): string => (Number.isFinite(t) ? iso(t) : "any time");
  const [first, last] = [
    anchors.reduce((a, b) => Math.min(a, b), Infinity),
    anchors.reduce((a, b) => Math.max(a, b), -Infinity),
  ];
  throw new RhymeError("time", {
    place: "--from, --to",
    expected: `a span within ${say(first)} to ${say(last)}, the moments that can be asked about`,
    received: `${say(from)} to ${say(to)}`,
    remedy:
      `A moment before its encoder was known (${folds.map(({ encoder }) => iso(encoder.knownAt))[0]}) is not asked: ` +
      "choose a later span, or walk forward with --refit yearly.",
  });
}
