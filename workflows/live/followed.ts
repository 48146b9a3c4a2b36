import { randomUUID } from "node:crypto";
import { existsSync, rmSync } from "node:fs";
import path from "node:path";
import { seriesName } from "../../src/lib/memory/names.ts";
import { canonicalJson } from "../../src/lib/math/hash.ts";
import { endJob, fileIn, keptJobs, readJob, readJson, writeJson, type Wanted } from "../job-folder.ts";
import type { AnyJob, JobRef, LiveJob, LiveSeriesSpec, SeriesRef } from "../job.ts";
import { memoryMark } from "../memory-mark.ts";
import { liveId } from "../queues.ts";

// A live job says which series are followed, until all of them are stopped: `stopped/N.json` is one, `done.json` all.
// `begun/N.json` names the time from one stop to the next: a run of before a stop is told from one of after it.

/** One series of a live job. */
export interface LiveSeriesOf {
  readonly ref: SeriesRef;
  readonly job: LiveJob;
  readonly series: LiveSeriesSpec;
  /** Of its workflow. */
  readonly id: string;
}

/**
 * The series of live jobs of a memory, by job, each of them once: what is to be followed by workers, and was not stopped.
 * @param tenant default: of all
 */
export function followedIn(memory: string, tenant?: string): readonly LiveSeriesOf[] {
  const followed = new Map<string, LiveSeriesOf>();
  for (const one of liveSeriesIn(memory, tenant))
    if (!isStopped(one.ref) && !followed.has(one.id)) followed.set(one.id, one);
  return [...followed.values()];
}

/** The same with those that were stopped, as long as their job is kept. */
export function liveSeriesIn(memory: string, tenant?: string): readonly LiveSeriesOf[] {
  return keptJobs(memory).flatMap((job) => {
    const ref = { memory, job };
    const kept = readJob<AnyJob>(ref);
    const isOne = kept.kind === "live" && kept.local !== true && (tenant ?? kept.tenant) === kept.tenant;
    return isOne ? seriesOf(ref, kept) : [];
  });
}

function seriesOf(ref: JobRef, job: LiveJob): readonly LiveSeriesOf[] {
  const mark = memoryMark(ref.memory);
  return job.series.map((series, place) => ({
    ...{ ref: { ...ref, series: place }, job, series, id: liveId(job.tenant, mark, series) },
  }));
}

/** Whether nobody is to follow it any more. */
export function isStopped(ref: SeriesRef): boolean {
  return existsSync(fileIn(ref, "done.json")) || existsSync(fileIn(ref, stoppedName(ref.series)));
}

/** Nobody is to follow it any more, until its job is kept again; a job none of whose series is followed is through. */
export function stopSeries(ref: SeriesRef): void {
  if (isStopped(ref)) return;
  writeJson(ref, stoppedName(ref.series), {});
  const { series } = readJob<LiveJob>(ref, "live");
  if (series.every((_, place) => isStopped({ ...ref, series: place })))
    endJob(ref, () => ({ stopped: series.length }));
}

/** All series of a job are to be followed, whichever were stopped. */
export function followAgain(ref: JobRef): void {
  for (const series of readJob<LiveJob>(ref, "live").series.keys()) {
    const isNew = isStopped({ ...ref, series }) || readJson(ref, begunName(series)) === null;
    if (isNew) writeJson(ref, begunName(series), { begun: randomUUID() });
  }
  for (const name of ["done.json", "stopped"]) rmSync(fileIn(ref, name), { recursive: true, force: true });
}

/** What a run of this series says of itself, through all its runs. */
export function liveMemo(ref: SeriesRef): LiveMemo {
  const kept = readJson(ref, begunName(ref.series)) as { readonly begun: string } | null;
  return { job: ref.job, ...kept };
}

export type LiveMemo = { readonly job: string; readonly begun?: string };

/**
 * Whether a run, by what it says of itself, follows for this job, and was not told to end before the job was begun last.
 * One of before such a time was named is taken at its word.
 */
export function followsFor({ job, begun }: LiveMemo, memo: Readonly<Record<string, unknown>>): boolean {
  return memo["job"] === job && (memo["begun"] ?? begun) === begun;
}

function begunName(series: number): string {
  return path.join("begun", `${series}.json`);
}

function stoppedName(series: number): string {
  return path.join("stopped", `${series}.json`);
}

/** In what words two live jobs differ; none: one is as good as the other. */
export function differencesOf(mine: Wanted<LiveJob>, other: Wanted<LiveJob>): readonly string[] {
  const differ = (of: (job: Wanted<LiveJob>) => unknown): boolean =>
    canonicalJson(of(mine)) !== canonicalJson(of(other));
  const names = ({ series }: Wanted<LiveJob>): readonly string[] => series.map(seriesName).sort();
  const parts: readonly (readonly [string, (job: Wanted<LiveJob>) => unknown])[] = [
    // What a channel reads may have changed since: both go by it.
    ["encoder", ({ channel, encoder }) => channel ?? encoder],
    ["index", ({ index }) => index],
    ["question", ({ ask, horizons }) => [ask, horizons]],
    ["times", ({ everyMs, patienceMs }) => [everyMs, patienceMs]],
    ["series", names],
    ["calendars", ({ calendars }) => calendars],
  ];
  const said = parts.filter(([, of]) => differ(of)).map(([name]) => name);
  const origins = new Map(other.series.map((one) => [seriesName(one), canonicalJson(one.origin)]));
  const moved = mine.series.some(
    (one) =>
      (origins.get(seriesName(one)) ?? "") !== canonicalJson(one.origin) && origins.has(seriesName(one)),
  );
  return moved ? ["source", ...said] : said;
}
