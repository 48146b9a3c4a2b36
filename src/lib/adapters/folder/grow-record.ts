import type { MemoryFolder } from "../sqlite/open-memory.ts";
import type { CandleSeries, SeriesKey } from "../../candles/candle-series.ts";
import type { Encoder } from "../../encoder/encoder.ts";
import { extendRecord } from "../../evaluation/record.ts";
import { changedMembers, type Members } from "../../evaluation/record-members.ts";
import type { Memory } from "../../memory/memory.ts";
import type { RecallRecord } from "../../recall/record-type.ts";
import { readRecord } from "../../recall/read-record.ts";
import type { Work } from "./work.ts";

const RECORD_ROWS = 200; // rows of a record between saves

export interface RecordWork extends Work {
  readonly memory: Memory;
  readonly encoder: Encoder;
  readonly key: SeriesKey;
  readonly calendar: CandleSeries["calendar"];
  readonly horizon: string;
  readonly tenant: string;
}

/** Extends the stored record of past answers, saving as it goes; returns how many rows it has. */
export async function growRecord(folder: MemoryFolder, work: RecordWork): Promise<number> {
  const { memory, encoder, key, calendar, horizon, tenant, signal } = work;
  const place = { tenant, series: key, encoderVersion: encoder.version, horizon };
  const text = folder.records.get(place);
  const stored = text === null ? null : readRecord(text);
  // With other moments in memory the same questions have other answers: such a record begins anew.
  const whole = stored !== null && staleBecause(folder, stored).length === 0;
  let record = whole ? stored : null;
  const what = `asking the past of ${key.symbol}, ${horizon}`;
  let earlier = 0;
  let all = 0;
  for (let finished = false; !finished;) {
    const pause = new AbortController();
    record = await extendRecord(memory, record, {
      series: key,
      calendar,
      horizon,
      encoder,
      signal: AbortSignal.any([signal, pause.signal]),
      onProgress: async (done, total) => {
        all = Math.max(all, total);
        await work.onProgress?.({ what, done: earlier + done, total: all });
        if (done % RECORD_ROWS === 0) pause.abort();
      },
    });
    record = { ...record, members: membersOf(folder, record) };
    folder.records.put(place, JSON.stringify(record));
    signal.throwIfAborted();
    finished = !pause.signal.aborted;
    earlier += RECORD_ROWS;
  }
  return record!.matureAt.length;
}

export const memberName = ({ source, symbol }: SeriesKey): string => `${symbol} of ${source}`;

/** Whose moments could answer the questions of a record up to its end: of one tenant, encoder and base timeframe. */
export function membersOf(
  folder: MemoryFolder,
  { tenant, encoder, series, horizon, through }: RecallRecord,
): Members {
  if (through === null) return {};
  const members = folder
    .maturedCounts({ tenant, encoder: encoder.version, horizon, asOf: through })
    .filter(({ timeframe }) => timeframe === series.timeframe)
    .map((member) => [memberName(member), member.matured] as const);
  return Object.fromEntries(members);
}

/** Members of a record's memory that are not what they were when it was made. */
export function staleBecause(folder: MemoryFolder, record: RecallRecord): readonly string[] {
  return changedMembers(record, membersOf(folder, record), memberName(record.series));
}
