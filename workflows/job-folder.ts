import { createHash, randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { JOB_FOLDER } from "../src/lib/adapters/sqlite/open-store.ts";
import { RhymeError } from "../src/lib/errors.ts";
import { canonicalJson } from "../src/lib/math/hash.ts";
import type { EpochMs } from "../src/lib/time/units.ts";
import type { AnyJob, Job, JobRef } from "./job.ts";

// `<memory>/jobs/<id>/`: job.json, what is being done; done.json, what came of it; failed/, series that were given up;
// segments/, vectors on their way into the memory. Nothing in it is truth: without it a job is made again and finds what it had done.

const JOB = "job.json";

/** What is to be done: a job without the instant at which it was first asked for. */
export type Wanted<J extends AnyJob> = Omit<J, "now">;

/**
 * Keeps a job in its memory. The same one that is not through yet is gone on with; one that is through begins anew. A
 * job that takes candles in goes on as of `now`, for its files may have grown since: what it has stored already stays
 * known when it was. Any other keeps its instant.
 */
export function keepJob<J extends AnyJob>(memory: string, wanted: Wanted<J>, now: number): JobRef {
  const at = path.resolve(memory);
  // The folder is a part of it: the same candles into two memories are two workflows, not one that both join.
  const job = createHash("sha256")
    .update(canonicalJson({ ...wanted, memory: at }))
    .digest("hex")
    .slice(0, 16);
  const ref = { memory: at, job };
  if (existsSync(fileIn(ref, "done.json"))) rmSync(fileIn(ref), { recursive: true });
  if (!existsSync(fileIn(ref, JOB)) || isOlderIngest(ref, now)) writeJson(ref, JOB, { ...wanted, now });
  return ref;
}

function isOlderIngest(ref: JobRef, now: number): boolean {
  const kept = readJob<AnyJob>(ref);
  return (kept.kind === "ingest" || kept.kind === "backfill") && kept.now < now;
}

/** @throws RhymeError "store" where it is not kept there, or no longer whole */
export function readJob<J extends AnyJob = Job>(ref: JobRef, kind?: J["kind"]): J {
  const file = fileIn(ref, JOB);
  try {
    const job = JSON.parse(readFileSync(file, "utf8")) as J;
    if (kind === undefined || job.kind === kind) return job;
    throw new Error(`a job of kind ${job.kind}`);
  } catch (error) {
    throw new RhymeError("store", {
      place: file,
      expected: `a job${kind === undefined ? "" : ` of kind ${kind}`}`,
      received: (error as Error).message,
      remedy: "Start the same command again: it keeps its job in the memory.",
    });
  }
}

/** A job is through, with this result; what it kept on the way is removed. The first result stays. */
export function endJob<R>(ref: JobRef, result: () => R): R {
  if (readJson(ref, "done.json") === null) writeJson(ref, "done.json", result());
  rmSync(fileIn(ref, "segments"), { recursive: true, force: true });
  return readJson(ref, "done.json") as R;
}

/** Jobs of one kind that are through, and were kept before an instant, leave nothing. */
export function forgetEnded(memory: string, kind: AnyJob["kind"], before: EpochMs): void {
  for (const job of keptJobs(memory)) {
    const ref = { memory, job };
    if (!existsSync(fileIn(ref, "done.json"))) continue;
    const kept = readJob<AnyJob>(ref);
    if (kept.kind === kind && kept.now < before) rmSync(fileIn(ref), { recursive: true, force: true });
  }
}

/** Kept jobs by name, so that pages of them do not shift. */
export function keptJobs(memory: string): readonly string[] {
  const folder = path.join(memory, JOB_FOLDER);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .sort()
    .filter((name) => existsSync(path.join(folder, name, JOB)));
}

export function fileIn({ memory, job }: JobRef, ...names: readonly string[]): string {
  return path.join(memory, JOB_FOLDER, job, ...names);
}

/** Whole or not at all, also while another attempt writes the same. */
export function writeIn(ref: JobRef, name: string, bytes: string | Uint8Array): void {
  const file = fileIn(ref, name);
  if (name !== JOB && !existsSync(fileIn(ref, JOB))) throw away(ref);
  mkdirSync(path.dirname(file), { recursive: true });
  const unfinished = `${file}.${randomUUID()}.unfinished`;
  try {
    writeFileSync(unfinished, bytes, { flush: true });
    renameSync(unfinished, file);
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw new RhymeError("store", {
      place: file,
      expected: "room for it",
      received: (error as Error).message,
      remedy: "Free some space or check the permissions; the job goes on by itself.",
    });
  }
}

/** A memory that is away: what it is now must not be begun in its place. */
function away(ref: JobRef): RhymeError {
  return new RhymeError("store", {
    place: fileIn(ref),
    expected: "the job that is being done",
    received: "none",
    remedy: "Is the disk of the memory there? The job goes on by itself once it is.",
  });
}

export function writeJson(ref: JobRef, name: string, value: unknown): void {
  writeIn(ref, name, `${JSON.stringify(value, null, 1)}\n`);
}

/** null where there is none. */
export function readJson(ref: JobRef, name: string): unknown {
  const file = fileIn(ref, name);
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as unknown) : null;
}

/** A series that was given up, and why. */
export interface FailedSeries {
  readonly series: number;
  readonly symbol: string;
  readonly reason: string;
}

export function noteFailed(ref: JobRef, failed: FailedSeries): void {
  writeJson(ref, failedName(failed.series), failed);
}

/** Those of the places named, in the order of the job. */
export function failedSeries(ref: JobRef, places: readonly number[]): readonly FailedSeries[] {
  return [...places]
    .sort((a, b) => a - b)
    .flatMap((series) => (readJson(ref, failedName(series)) as FailedSeries | null) ?? []);
}

function failedName(series: number): string {
  return path.join("failed", `${series}.json`);
}
