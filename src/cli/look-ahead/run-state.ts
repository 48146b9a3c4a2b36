import { addCounts, digestOfNumbers, type ChunkReport, type Found, type SubjectCounts } from "./chunk.ts";

/** What is known of a run so far: the sum of its chunks, whatever the order in which they ended. JSON. */
export interface RunState {
  readonly digests: Record<number, number>; // by chunk
  readonly subjects: Record<string, SubjectCounts>;
  readonly violations: Found[];
  histories: number;
  /** Of all workers together. */
  totalMs: number;
  /** From beginning to end, without the time between a stop and going on. */
  wallMs: number;
}

export function emptyState(): RunState {
  return { digests: {}, subjects: {}, violations: [], histories: 0, totalMs: 0, wallMs: 0 };
}

/** Adds a chunk, once. */
export function addChunk(state: RunState, report: ChunkReport): void {
  if (report.chunk in state.digests) return;
  state.digests[report.chunk] = report.digest;
  state.histories += report.histories;
  state.totalMs += report.totalMs;
  for (const [name, counts] of Object.entries(report.subjects)) addCounts(state.subjects, name, counts);
  state.violations.push(...report.violations);
}

/** Of all that was said in all chunks: 14 hex digits. */
export function digestOfRun({ digests }: RunState): string {
  const chunks = Object.keys(digests).map(Number);
  const inOrder = Float64Array.from(
    chunks.sort((a, b) => a - b),
    (chunk) => digests[chunk]!,
  );
  return digestOfNumbers(inOrder).toString(16).padStart(14, "0");
}

/** The first violation of each subject, in the order of the histories. */
export function firstViolations({ violations }: RunState): readonly Found[] {
  const inOrder = [...violations].sort((a, b) => a.chunk - b.chunk || a.history - b.history);
  const seen = new Set<string>();
  return inOrder.filter(({ subject }) => !seen.has(subject) && seen.add(subject));
}

/** Share of the time that did not go into the subjects' own calls. */
export function shareOutside({ totalMs, subjects }: RunState): number {
  const inside = Object.values(subjects).reduce((sum, { insideMs }) => sum + insideMs, 0);
  return totalMs > 0 ? 1 - inside / totalMs : 0;
}

/** A subject, or one column of it, of which no defined value was ever compared: nothing was held to the law. */
export interface Untested {
  readonly subject: string;
  /** Null for all of them. */
  readonly column: string | null;
}

export function neverTested({ subjects }: RunState, names: readonly string[]): readonly Untested[] {
  return names.flatMap((subject): Untested[] => {
    const columns = Object.entries(subjects[subject]?.values ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
    if (columns.every(([, values]) => values === 0)) return [{ subject, column: null }];
    return columns.flatMap(([column, values]) => (values === 0 ? [{ subject, column }] : []));
  });
}
