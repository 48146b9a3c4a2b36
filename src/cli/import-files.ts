import { heldFiles, heldNote } from "../lib/adapters/folder/held-files.ts";
import { fileDigest } from "../lib/adapters/files/file-digest.ts";
import type { ReadCandlesOptions } from "../lib/adapters/files/read-candles.ts";
import { readParquetGroups, type ParquetGroup } from "../lib/adapters/files/read-parquet-groups.ts";
import type { ImportReport } from "../lib/adapters/sqlite/import-facts.ts";
import type { Ingest, IngestedFile } from "../lib/adapters/sqlite/ingest-log.ts";
import { openMemoryFolder, type MemoryFolder } from "../lib/adapters/sqlite/open-memory.ts";
import { countFindings } from "../lib/candles/count-findings.ts";
import { rowsOf, type CandleSeries } from "../lib/candles/candle-series.ts";
import type { Finding } from "../lib/candles/finding.ts";
import { takeRows } from "../lib/candles/slice.ts";
import { RhymeError } from "../lib/errors.ts";
import { checkSeriesKey, seriesName } from "../lib/memory/names.ts";
import type { EpochMs } from "../lib/time/units.ts";

export interface ImportFilesOptions {
  readonly memory: string;
  readonly now: EpochMs;
  readonly reading: ReadCandlesOptions;
  /** Options as they were given, for the ingest log. */
  readonly given: Readonly<Record<string, unknown>>;
}

/** What became of one series. */
export interface ImportedSeries {
  readonly series: CandleSeries;
  readonly files: readonly string[];
  readonly assumptions: readonly string[];
  readonly findings: readonly Finding[];
  readonly report: ImportReport;
}

/** Parquet files → candles in a memory, nothing else; each series whole or not at all. */
export async function importFiles(
  paths: readonly string[],
  { memory, now, reading, given }: ImportFilesOptions,
): Promise<readonly ImportedSeries[]> {
  const groups = await readParquetGroups(paths, reading);
  assertDistinct(groups);
  const digests = new Map<string, IngestedFile>();
  for (const path of new Set(paths)) digests.set(path, await fileDigest(path));
  const folder = openMemoryFolder(memory, { mode: "write" });
  try {
    return groups.map((group) =>
      folder.atomically(() => {
        const imported = importGroup(folder, group, { now, given }, digests);
        folder.ingests.add(ingestOf(imported, now, given, digests));
        return imported;
      }),
    );
  } finally {
    folder.close();
  }
}

/** @param digests of the files, by path */
function importGroup(
  folder: MemoryFolder,
  group: ParquetGroup,
  { now, given }: Pick<ImportFilesOptions, "now" | "given">,
  digests: ReadonlyMap<string, IngestedFile>,
): ImportedSeries {
  const { files } = group;
  if (group.kind === "facts") {
    const report = folder.importFacts(group.facts, now);
    const assumptions = ["exported by rhyme: every candle keeps its known_at"];
    return { series: group.facts, files, assumptions, findings: [], report };
  }
  const { series, findings } = group.read;
  const held = heldFiles(
    folder.ingests,
    series,
    { files: files.map((path) => digests.get(path)!), ask: [] },
    given,
  );
  const isHeld = held.length === files.length && held.every(({ upTo }) => upTo === undefined);
  const assumptions = isHeld ? [...group.read.assumptions, ...held.map(heldNote)] : group.read.assumptions;
  const news = isHeld ? takeRows(series, new Int32Array()) : series;
  const written = folder.candles.write(news, now);
  const unchanged = written.unchanged + rowsOf(series) - rowsOf(news);
  const report = { ...written, unchanged, superseded: 0 };
  return { series, files, assumptions, findings, report };
}

function ingestOf(
  { series, files, assumptions, findings, report }: ImportedSeries,
  now: EpochMs,
  options: Readonly<Record<string, unknown>>,
  digests: ReadonlyMap<string, IngestedFile>,
): Ingest {
  const { source, symbol, timeframe } = series;
  return {
    ...{ source, symbol, timeframe, at: now, command: "import", tenant: null },
    ...{ files: files.map((path) => digests.get(path)!), options, assumptions },
    ...{ findings: countFindings(findings), repairs: {}, candles: { ...report } },
  };
}

/** Two files that hold the same series in different ways leave open which of them is right. */
function assertDistinct(groups: readonly ParquetGroup[]): void {
  const seen = new Map<string, ParquetGroup>();
  for (const group of groups) {
    const series = group.kind === "facts" ? group.facts : group.read.series;
    checkSeriesKey(series);
    if (rowsOf(series) === 0)
      throw refuse(group.files[0]!, "at least one closed candle", "none", "Check the times of its rows.");
    const before = seen.get(seriesName(series));
    if (before)
      throw refuse(
        group.files[0]!,
        "each series in one export, or in files of one shape",
        `${seriesName(series)}, which is also in ${before.files[0]}`,
        "Import the files one after the other.",
      );
    seen.set(seriesName(series), group);
  }
}

function refuse(place: string, expected: string, received: string, remedy: string): RhymeError {
  return new RhymeError("input", { place, expected, received, remedy });
}
