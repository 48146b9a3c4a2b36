import { setImmediate as nextTurn } from "node:timers/promises";
import type { Ingest } from "../lib/adapters/sqlite/ingest-log.ts";
import type { MemoryFolder } from "../lib/adapters/sqlite/open-memory.ts";
import type { SeriesKey } from "../lib/candles/candle-series.ts";
import { RhymeError } from "../lib/errors.ts";
import type { ChangeReport, CorrectionSource } from "../lib/evaluation/changes/change-report.ts";
import { explainChanges } from "../lib/evaluation/changes/explain-changes.ts";
import type { Answer } from "../lib/recall/answer.ts";
import { seriesOf } from "../lib/recall/question.ts";
import { calendarByName } from "../lib/time/calendars.ts";
import type { Calendar } from "../lib/time/calendar.ts";
import type { EpochMs } from "../lib/time/units.ts";
import { keptRecord } from "../lib/adapters/folder/kept-record.ts";
import { heldEncoder } from "../lib/adapters/folder/held-encoders.ts";
import { parseAsOf } from "./instant.ts";
import { tenantHoldings } from "../lib/adapters/folder/tenant-holdings.ts";
import type { Progress, Ui } from "./ui.ts";

export interface ExplainAnswerOptions {
  readonly id: string;
  readonly tenant: string;
  readonly knownAt?: string | undefined;
  readonly ui: Ui;
  readonly signal: AbortSignal;
}

/** What corrections made of an answer in the log, and the market that it is about. */
export async function explainAnswer(
  folder: MemoryFolder,
  { id, tenant, knownAt, ui, signal }: ExplainAnswerOptions,
): Promise<{ readonly report: ChangeReport; readonly calendar: Calendar }> {
  const mine = tenantHoldings(folder, tenant);
  const answer = loggedAnswer(folder, tenant, id);
  const { question } = answer;
  const calendar = calendarOf(folder, question);
  const encoder = heldEncoder(folder, answer.encoder.version);
  const memory = folder.memory(tenant, encoder);
  const [series, asOf] = [seriesOf(question), Date.parse(question.asOf)];
  const newestThen = (await memory.at(series, asOf, asOf))?.anchor ?? asOf;
  const { record } = keptRecord(folder, { tenant, series, encoder, horizon: question.horizon }, newestThen);
  let progress: Progress | null = null;
  const report = await explainChanges({
    ...{ store: folder.candles, memory, encoder, answer, record, signal },
    members: mine.filter(({ encoder: version }) => version === encoder.version),
    until: knownAt === undefined ? Infinity : parseAsOf(knownAt, calendar, "--known-at", Date.now()),
    cameFrom: sourcesIn(folder.ingests.list()),
    onProgress: async (done, total) => {
      progress ??= ui.progress("asking again with each correction", total);
      progress.update(done);
      await nextTurn();
    },
  });
  (progress as Progress | null)?.done();
  return { report, calendar };
}

/** @throws RhymeError "usage" where this tenant has no such answer */
function loggedAnswer(folder: MemoryFolder, tenant: string, id: string): Answer {
  const found = folder.answers.get(tenant, id);
  if (found) return found.answer;
  const [newest] = folder.answers.list(tenant, { limit: 1 });
  throw new RhymeError("usage", {
    place: `answer ${id}`,
    expected: `the id of an answer that was given to tenant ${tenant}${newest ? `, such as ${newest.answer.id}` : ""}`,
    received: newest ? "one that is not in its log" : "one, and its log is empty",
    remedy:
      "Take the id from ./rhyme ask --json, or from ./rhyme export --what answers; --tenant names another log.",
  });
}

/** @throws RhymeError "usage" where the candles of an answer have been forgotten */
function calendarOf(folder: MemoryFolder, { symbol, source, timeframe }: SeriesKey): Calendar {
  const held = folder.candles
    .list()
    .find((one) => one.symbol === symbol && one.source === source && one.timeframe === timeframe);
  if (held) return calendarByName(held.calendar);
  throw new RhymeError("usage", {
    place: `${symbol} ${timeframe} of ${source}`,
    expected: "candles of the series that the answer is about",
    received: "none: they were forgotten",
    remedy: "Remember them again; corrections that were forgotten do not come back.",
  });
}

/** Where late facts came from: they are known at the instant of their ingest. */
function sourcesIn(ingests: readonly Ingest[]): (key: SeriesKey, knownAt: EpochMs) => CorrectionSource[] {
  return ({ source, symbol, timeframe }, knownAt) =>
    ingests
      .filter((one) => one.at === knownAt && one.symbol === symbol)
      .filter((one) => one.source === source && one.timeframe === timeframe)
      .map(({ command, files }) => ({
        command,
        files: files.map(({ path, sha256 }) => ({ path, sha256 })),
      }));
}
