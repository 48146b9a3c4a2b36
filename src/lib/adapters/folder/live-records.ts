import { memberName, membersOf } from "./grow-record.ts";
import type { MemoryFolder } from "../sqlite/open-memory.ts";
import { recordHash, type RecordKey } from "../sqlite/record-shelf.ts";
import type { SeriesKey } from "../../candles/candle-series.ts";
import { RhymeError } from "../../errors.ts";
import type { Encoder } from "../../encoder/encoder.ts";
import { extendRecord } from "../../evaluation/record.ts";
import { changedMembers, type Members } from "../../evaluation/record-members.ts";
import type { Memory } from "../../memory/memory.ts";
import { goesOnAs } from "../../recall/ledger.ts";
import { readRecord } from "../../recall/read-record.ts";
import { RecordText } from "./record-text.ts";
import type { RecallRecord } from "../../recall/record-type.ts";
import type { Calendar } from "../../time/calendar.ts";
import type { EpochMs } from "../../time/units.ts";

/** A record that has come to the newest moment, and the hash of what it was grown from: null where there was nothing. */
export interface GrownRecord {
  readonly place: RecordKey;
  readonly from: string | null;
  readonly record: RecallRecord;
  readonly text: string;
  /** Whether it is the text that it was grown from. */
  readonly isSame: boolean;
}

/** A record as it was read or put down last. */
interface Held {
  readonly hash: string | null;
  readonly text: string | null;
  readonly record: RecallRecord | null;
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
  readonly #held = new Map<string, Held>();
  readonly #texts = new Map<string, RecordText>();
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
    const held = this.#read(place);
    const before = held.record;
    const longer = await extendRecord(memory, before, { series, calendar, horizon, encoder, signal });
    signal.throwIfAborted();
    const record = goesOnAs({ ...longer, members: this.#membersOf(longer, before) }, longer);
    const text = this.#textOf(place).of(record);
    return { place, from: held.hash, record, text, isSame: text === held.text };
  }

  /** Puts a grown record down; inside a write. @throws RhymeError "store" where another was put down meanwhile */
  keep({ records }: MemoryFolder, { place, from, text, record, isSame }: GrownRecord): void {
    const there = records.hash(place);
    if (there !== from ? records.get(place) === text : isSame) return;
    if (there !== from)
      throw new RhymeError("store", {
        place: `the record of past answers for ${place.series.symbol} ${place.horizon}`,
        expected: "the one that was gone on from",
        received: "one that another worker has kept meanwhile",
        remedy: "Try again: it goes on from that one.",
      });
    records.put(place, text);
    this.#held.set(JSON.stringify(place), { hash: records.hash(place), text, record });
  }

  /** What is stored now; it is not read again where that is what was held before. */
  #read(place: RecordKey): Held {
    const { records } = this.#folder;
    const name = JSON.stringify(place);
    const held = this.#held.get(name);
    // Where none was, it is asked for in full: that tells one that is missing from one that never was.
    if (held?.hash && held.hash === records.hash(place)) return held;
    const text = records.get(place);
    const read =
      text === null
        ? { hash: null, text, record: null }
        : { hash: recordHash(text), text, record: readRecord(text) };
    this.#held.set(name, read);
    return read;
  }

  #textOf(place: RecordKey): RecordText {
    const name = JSON.stringify(place);
    const text = this.#texts.get(name) ?? new RecordText();
    this.#texts.set(name, text);
    return text;
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
