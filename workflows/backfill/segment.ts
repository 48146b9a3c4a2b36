import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { deserialize, serialize } from "node:v8";
import type { PatternBatch } from "../../src/lib/memory/memory.ts";
import { FAILURES } from "../failure-type.ts";
import { failureOf } from "../failures.ts";
import { fileIn, readJson, writeIn, writeJson } from "../job-folder.ts";
import type { JobRef } from "../job.ts";

/** Moments of one series on their way into the memory: a file of the job, told by its hash. */
export interface Segment {
  /** Within the folder of the job. */
  readonly file: string;
  readonly sha256: string;
  readonly patterns: number;
}

/** What came of a segment. */
export interface Committed {
  readonly written: number;
  readonly unchanged: number;
}

/** Written whole under a name that its content decides: the same moments are the same file. */
export function writeSegment(ref: JobRef, folder: string, batches: readonly PatternBatch[]): Segment {
  const bytes = serialize(batches);
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const file = path.join(folder, `${batches[0]!.anchors[0]}-${sha256.slice(0, 16)}.segment`);
  writeIn(ref, file, bytes);
  return { file, sha256, patterns: batches.reduce((sum, { anchors }) => sum + anchors.length, 0) };
}

/** @throws a failure of type `segment-lost` where it is gone, or not what it was */
export function readSegment(ref: JobRef, { file, sha256 }: Segment): readonly PatternBatch[] {
  const at = fileIn(ref, file);
  const bytes = existsSync(at) ? readFileSync(at) : null;
  if (bytes && createHash("sha256").update(bytes).digest("hex") === sha256)
    return deserialize(bytes) as PatternBatch[];
  rmSync(at, { force: true });
  throw failureOf(FAILURES.segmentLost, `${file}: ${bytes ? "not what was written" : "gone"}`, true);
}

export function isWhole(ref: JobRef, { file }: Segment): boolean {
  return existsSync(fileIn(ref, file));
}

/** What was said when it was committed; null: it was not yet. */
export function committedAs(ref: JobRef, file: string): Committed | null {
  return readJson(ref, `${file}.done`) as Committed | null;
}

/** Its moments are in the memory: the file makes room, and a mark says so. */
export function markCommitted(ref: JobRef, { file }: Segment, committed: Committed): void {
  writeJson(ref, `${file}.done`, committed);
  rmSync(fileIn(ref, file), { force: true });
}
