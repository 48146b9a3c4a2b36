import { countFindings } from "../../candles/count-findings.ts";
import { rowsOf } from "../../candles/candle-series.ts";
import type { WriteReport } from "../../candles/candle-store.ts";
import type { EpochMs } from "../../time/units.ts";
import { fileDigest } from "../files/file-digest.ts";
import type { ReadCandlesOptions } from "../files/read-candles.ts";
import type { Ingest } from "../sqlite/ingest-log.ts";
import type { MemoryFolder } from "../sqlite/open-memory.ts";
import { heldFiles, newsOf, type HeldFile } from "./held-files.ts";
import type { ReadGroup } from "./read-groups.ts";

export interface StoreCandlesOptions {
  /** Late facts are known from then on. */
  readonly now: EpochMs;
  readonly tenant: string;
  /** How a file was read. */
  readonly reading: (file: string) => ReadCandlesOptions;
  /** Options as they were given, for the ingest log. */
  readonly given: Readonly<Record<string, unknown>>;
  /** By whom, for the ingest log. */
  readonly command?: Ingest["command"];
}

/** What became of the candles of one series. */
export interface StoredCandles {
  readonly candles: Omit<WriteReport, "late"> & { readonly late: boolean };
  /** Files that added nothing, for the memory had their bytes already. */
  readonly held: readonly HeldFile[];
}

/**
 * Candles into the truth, and into its log where they came from. A job that asks for the same again with its `now` (a
 * retry, or an attempt given up that comes to an end late) changes nothing and is told what it was told.
 */
export async function storeCandles(
  folder: MemoryFolder,
  group: ReadGroup,
  options: StoreCandlesOptions,
): Promise<StoredCandles> {
  const { now, tenant, given, reading, command = "remember" } = options;
  const { key, files, read } = group;
  const how = reading(files[0]!);
  const [digests, ask] = await Promise.all(
    [files, how.ask ?? []].map((some) => Promise.all(some.map(fileDigest))),
  );
  const repaired = read.findings.filter(({ done }) => done === "repaired");
  const entry = { ...key, at: now, command, tenant, files: [...digests!, ...ask!], options: given };
  const isAgain = (one: Ingest): boolean => command !== "remember" && isSame(one, entry);
  const before = folder.ingests.list().filter((one) => !isAgain(one));
  const held = heldFiles({ list: () => before }, key, { files: digests!, ask: ask! }, given);
  const whole = held.filter(({ upTo }) => upTo === undefined);
  const done = folder.ingests.list().find(isAgain);
  if (done) return { held: whole, candles: reported(done.candles) };
  const news = await newsOf(group, held, how);
  const report = folder.atomically(() => {
    const taken = folder.candles.write(news, now);
    const left = rowsOf(read.series) - rowsOf(news);
    const written = { ...taken, unchanged: taken.unchanged + Math.max(0, left) };
    folder.ingests.add({
      ...entry,
      ...{ assumptions: read.assumptions, findings: countFindings(read.findings) },
      ...{ repairs: countFindings(repaired), candles: { ...written } },
    });
    return written;
  });
  return { held: whole, candles: reported(report) };
}

type Counts = WriteReport | Ingest["candles"];

function reported(counts: Counts): StoredCandles["candles"] {
  const { added = 0, late = 0, corrected = 0, unchanged = 0 } = counts as Partial<WriteReport>;
  return { added: added + late, unchanged, corrected, late: late + corrected > 0 };
}

type Entry = Pick<Ingest, "source" | "symbol" | "timeframe" | "at" | "command" | "tenant" | "files">;

/** One and the same ingest: of a series, by one command at one instant, from the same bytes. */
function isSame(one: Entry, other: Entry): boolean {
  const hashes = ({ files }: Entry): string => files.map(({ sha256 }) => sha256).join();
  const same = (["source", "symbol", "timeframe", "at", "command", "tenant"] as const).every(
    (name) => one[name] === other[name],
  );
  return same && hashes(one) === hashes(other);
}
