import { setImmediate as nextTurn } from "node:timers/promises";
import type { Look } from "../lib/adapters/html/trust-page-input.ts";
import { openMemoryFolder } from "../lib/adapters/sqlite/open-memory.ts";
import type { SeriesKey } from "../lib/candles/candle-series.ts";
import { RhymeError } from "../lib/errors.ts";
import { makeTrustReport, type TrustFold } from "../lib/evaluation/trust/make-trust-report.ts";
import type { TrustReport } from "../lib/evaluation/trust/trust-report.ts";
import { trustRows } from "../lib/evaluation/trust/trust-rows.ts";
import type { Searched } from "../lib/memory/searched.ts";
import type { RecallRecord } from "../lib/recall/record-type.ts";
import { viewAt } from "../lib/remember/views.ts";
import { iso } from "../lib/time/units.ts";
import { heldEncoder } from "../lib/adapters/folder/held-encoders.ts";
import { spanOf } from "./span.ts";
import { readableHoldings } from "../lib/adapters/folder/tenant-holdings.ts";
import { trustGroup } from "./trust-group.ts";
import { trustLooks } from "./trust-looks.ts";
import { replayed } from "./trust-records.ts";
import { walked } from "./trust-walk.ts";
import type { TrustOptions, Work } from "./trust-work.ts";

/** A report with what its page needs. */
export interface Trusted {
  readonly report: TrustReport;
  readonly looks: readonly Look[];
  /** null where no index was named. */
  readonly searched: Searched | null;
  /** What a reader should know beside it. */
  readonly notes: readonly string[];
}

/** Replays the past of a memory and scores it. */
export async function trustMemory(options: TrustOptions): Promise<Trusted> {
  const { memory, tenant, horizon, refit, seed, resamples, ui } = options;
  const folder = openMemoryFolder(memory, { mode: "read" });
  try {
    const asked = trustGroup(readableHoldings(folder, options), options);
    const encoder = heldEncoder(folder, asked[0]!.encoder);
    const work = { folder, asked, encoder, options };
    const span = spanOf(options, viewAt(folder.candles, asked[0]!, Infinity).series.calendar);
    const { records, folds, searched } = refit === "yearly" ? await walked(work) : await replayed(work);
    assertSome(records, folds, span);
    const progress = ui.progress("asking the baselines", records.length);
    const onSeries = async (done: number, { symbol }: SeriesKey): Promise<void> => {
      progress.update(done, symbol);
      await nextTurn();
      options.signal.throwIfAborted();
    };
    const rows = await trustRows(folder.candles, records, { ...span, asOf: Infinity, onSeries });
    progress.done();
    const calendars = rows.series.map((key) => viewAt(folder.candles, key, Infinity).series.calendar.name);
    const report = makeTrustReport(rows, { tenant, horizon, refit, folds, calendars, seed, resamples });
    return {
      ...{ report, looks: trustLooks(folder.candles, report) },
      ...{ searched: searched ?? null, notes: notesOf(work, options) },
    };
  } finally {
    folder.close();
  }
}

/** What was assumed where nothing was said. */
function notesOf({ folder, asked, encoder }: Work, { tenant, symbol, from, refit }: TrustOptions): string[] {
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
    ...(refit === "never" && from === undefined ? [`asked from then on: ${known}`] : []),
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
