import { memberName, membersOf } from "./grow-record.ts";
import type { MemoryFolder } from "../sqlite/open-memory.ts";
import type { RecordKey } from "../sqlite/record-shelf.ts";
import type { SeriesKey } from "../../candles/candle-series.ts";
import { RhymeError } from "../../errors.ts";
import type { Encoder } from "../../encoder/encoder.ts";
import { extendRecord } from "../../evaluation/record.ts";
import { changedMembers, type Members } from "../../evaluation/record-members.ts";
import type { Memory } from "../../memory/memory.ts";
import { readRecord } from "../../recall/read-record.ts";
import type { RecallRecord } from "../../recall/record-type.ts";
import type { Calendar } from "../../time/calendar.ts";
import type { EpochMs } from "../../time/units.ts";

/** A record that has come to the newest moment, and the text that it was grown from: null where there was none. */
export interface GrownRecord {
  readonly place: RecordKey;
  readonly from: string | null;
  readonly text: string;
  readonly record: RecallRecord;
}

/**
 * Records of past answers as they grow candle by candle. What was parsed or written last is kept, and so is how many
 * moments of each series had matured by an instant: all series that close a candle together ask for the same.
 *
 * Where moments of other series came too late for a record it is gone on with all the same, for what was said was said
 * without them; `members` says so for ever, so that whoever remembers next makes it anew.
 */
export class LiveRecords {
  readonly #folder: MemoryFolder;
  readonly #memory: Memory;
  readonly #encoder: Encoder;
  readonly #parsed = new Map<string, { readonly text: string; readonly record: RecallRecord | null }>();
  readonly #members = new Map<string, Members>();

  constructor(folder: MemoryFolder, memory: Memory, encoder: Encoder) {
    [this.#folder, this.#memory, this.#encoder] = [folder, memory, encoder];
  }

  /** Moments or outcomes were stored: what was counted may be another number now. */
  changed(): void {
    this.#members.clear();
  }

  /** Up to the newest stored moment; nothing is written. null: everything is from before the encoder was known. */
  async grow(
    series: SeriesKey,
    {
      horizon,
      newest,
      calendar,
      signal,
    }: { horizon: string; newest: EpochMs; calendar: Calendar; signal: AbortSignal },
  ): Promise<GrownRecord | null> {
    const [memory, encoder] = [this.#memory, this.#encoder];
    if (newest < encoder.knownAt) return null;
    const place: RecordKey = { tenant: memory.tenant, series, encoderVersion: encoder.version, horizon };
    const from = this.#folder.records.get(place);
    const before = from === null ? null : this.#read(place, from);
    const longer = await extendRecord(memory, before, { series, calendar, horizon, encoder, signal });
    signal.throwIfAborted();
    const record = { ...longer, members: this.#membersOf(longer, before) };
    const text = JSON.stringify(record);
    this.#parsed.set(JSON.stringify(place), { text, record });
    return { place, from, text, record };
  }

  /** Puts a grown record down; inside a write. @throws RhymeError "store" where another was put down meanwhile */
  keep({ records }: MemoryFolder, { place, from, text }: GrownRecord): void {
    const there = records.get(place);
    if (there === text) return;
    if (there !== from)
      throw new RhymeError("store", {
        place: `the record of past answers for ${place.series.symbol} ${place.horizon}`,
        expected: "the one that was gone on from",
        received: "one that another worker has kept meanwhile",
        remedy: "Try again: it goes on from that one.",
      });
    records.put(place, text);
  }

  #read(place: RecordKey, text: string): RecallRecord | null {
    const known = this.#parsed.get(JSON.stringify(place));
    return known?.text === text ? known.record : readRecord(text);
  }

  /** As they are now; of one whose moments came too late, a number that is not the one it has. */
  #membersOf(record: RecallRecord, before: RecallRecord | null): Members {
    const now = this.#counted(record);
    if (before === null) return now;
    const late = changedMembers(before, this.#counted(before), memberName(record.series));
    const wrong = late.map((name): [string, number] => {
      const was = before.members?.[name] ?? 0;
      return [name, was === (now[name] ?? 0) ? was + 1 : was];
    });
    return { ...now, ...Object.fromEntries(wrong) };
  }

  #counted(record: RecallRecord): Members {
    const name = `${record.series.timeframe} ${record.horizon} ${record.through}`;
    const counted = this.#members.get(name) ?? membersOf(this.#folder, record);
    this.#members.set(name, counted);
    return counted;
  }
}
