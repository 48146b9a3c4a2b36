import type { Ingest } from "../lib/adapters/sqlite/ingest-log.ts";
import type { MemoryFolder } from "../lib/adapters/sqlite/open-memory.ts";
import type { FolderSummary } from "../lib/adapters/sqlite/summary.ts";
import { RhymeError } from "../lib/errors.ts";
import type { VerifyReport } from "../lib/memory/memory.ts";
import { iso } from "../lib/time/units.ts";
import { staleRecords, type StaleRecord } from "../lib/adapters/folder/stale-records.ts";

/** What the command knows of a memory; `summary` is null where damage hides it. */
export interface MemoryView {
  readonly path: string;
  readonly bytes: number;
  readonly summary: FolderSummary | null;
  readonly ingests: readonly Ingest[];
  readonly stale: readonly StaleRecord[];
  readonly verified: VerifyReport & { readonly how: "quick" | "full" };
}

/** Of a damaged memory whatever can still be read. */
export function viewOf(folder: MemoryFolder, path: string, verified: MemoryView["verified"]): MemoryView {
  const whole = verified.problems.length === 0;
  const readable = <T>(read: () => T, otherwise: T): T => {
    try {
      return read();
    } catch (error) {
      if (whole || !(error instanceof RhymeError)) throw error;
      return otherwise;
    }
  };
  const ingests = readable(() => folder.ingests.list(), []);
  const stale = readable(() => staleRecords(folder), []);
  const summary = readable(() => folder.summary(), null);
  return { path, bytes: folder.bytes(), summary, ingests, stale, verified };
}

/** The same for programs. */
export function memoryDocument({ path, bytes, summary, ingests, stale, verified }: MemoryView): object {
  const { format, series = [], holdings = [], encoders = [], records, answers } = summary ?? {};
  return {
    ...{ schema: "rhyme.memory/1", memory: path, bytes, format: format ?? null },
    series: series.map((one) => ({ ...one, first: iso(one.first), last: iso(one.last) })),
    holdings: holdings.map(({ firstAnchor, lastAnchor, ...held }) => ({
      ...held,
      ...{ firstAnchor: iso(firstAnchor), lastAnchor: iso(lastAnchor), maturedShare: maturedShares(held) },
    })),
    encoders: encoders.map((one) => ({ ...one, knownAt: iso(one.knownAt) })),
    ...{ records: records ?? null, answers: answers ?? null, staleRecords: stale },
    ingests: ingests.map((one) => ({ ...one, at: iso(one.at) })),
    verified,
  };
}

/** Of the patterns of a series the share whose context is known, by horizon. */
export function maturedShares({
  patterns,
  contexts,
}: {
  readonly patterns: number;
  readonly contexts: Readonly<Record<string, number>>;
}): Record<string, number> {
  return Object.fromEntries(Object.entries(contexts).map(([horizon, count]) => [horizon, count / patterns]));
}
