import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { availableParallelism } from "node:os";
import { pino } from "pino";
import { builtTemporal } from "../../src/cli/services/temporal-binary.ts";
import { startTemporal } from "../../src/cli/services/start-temporal.ts";
import { RhymeError } from "../../src/lib/errors.ts";
import { temporaryFolder } from "../../src/lib/testing/temporary-folder.ts";
import { allActivities } from "../../workflows/all-activities.ts";
import { backfillFrom } from "../../workflows/backfill/plan.ts";
import { begin, connectTemporal, resultOf } from "../../workflows/client.ts";
import type { JobRef } from "../../workflows/job.ts";
import { backfillLocally } from "../../workflows/local.ts";
import {
  fixtureCandles,
  digestOf,
  keepFixture,
  writeCandles,
} from "../../workflows/testing/backfill-fixture.ts";
import { AT_FIRST, DEFAULT_WINDOW } from "../../workflows/messages.ts";
import { backfillId } from "../../workflows/queues.ts";
import { installRuntime, runWorkers } from "../../workflows/worker.ts";
import { digits, peakRssMb, type BenchWork } from "../row.ts";

/** Anchors in all; `RHYME_BENCH_ANCHORS` for a shorter one. */
const ANCHORS = Number(process.env["RHYME_BENCH_ANCHORS"] ?? 1_000_000);
const SERIES = 10;
const MOST = 0.15;

/** A backfill of many anchors through a server and a worker of this machine, against the same plan in process. */
export const backfillOverhead: BenchWork = {
  name: "backfill-overhead",
  run: async () => {
    const at = temporaryFolder();
    try {
      const files = writeSeries(at.path);
      const job = (memory: string): JobRef =>
        keepFixture(path.join(at.path, memory), files, { chunk: 50_000 });
      const [local, remote] = [job("local"), job("temporal")];
      const threads = Math.max(1, availableParallelism() - 1);
      const signal = new AbortController().signal;
      let patterns = 0;
      const localS = await secondsOf(async () => {
        ({ patterns } = await backfillLocally(local, { signal, threads, window: DEFAULT_WINDOW }));
      });
      const remoteS = await onTemporal(path.join(at.path, "server"), threads, remote);
      if (digestOf(local.memory).all !== digestOf(remote.memory).all)
        throw new Error("they end in other bytes");
      const overhead = remoteS / localS - 1;
      return [
        {
          ...{ work: "backfill-overhead", ours: digits(remoteS), theirs: digits(localS), unit: "s" },
          ...{ against: "the same plan in process (--local)", ratio: digits(localS / remoteS) },
          ...{ target: "≤ 15 % more", ok: overhead <= MOST },
          notes:
            `${patterns.toLocaleString("en-US")} anchors of ${SERIES} series, 4 timeframes, 2 horizons, the same bytes; ` +
            `${digits(100 * overhead)} % more; in process first; ${peakRssMb()} MB at most, both and the worker in one process`,
        },
      ];
    } finally {
      at.remove();
    }
  },
};

/** Files of seeded walks: about so many anchors in all. */
function writeSeries(at: string): Readonly<Record<string, string>> {
  const rows = Math.ceil(ANCHORS / SERIES) + 1_200; // the first four days have no anchors of 4h
  const symbols = Array.from({ length: SERIES }, (_, i) => String.fromCharCode(65 + i));
  return Object.fromEntries(
    symbols.map((symbol) => [symbol, writeCandles(at, fixtureCandles(symbol, rows))] as const),
  );
}

async function secondsOf(work: () => Promise<void>): Promise<number> {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1000;
}

async function onTemporal(at: string, threads: number, ref: JobRef): Promise<number> {
  const binary = builtTemporal();
  if (binary === null)
    throw new RhymeError("usage", {
      place: "bench workflows",
      expected: "a temporal binary",
      received: "none",
      remedy: "./rhyme services up temporal builds one; RHYME_TEMPORAL names another.",
    });
  const server = await startTemporal({ binary, dataPath: at });
  const stop = new AbortController();
  const log = pino({ level: "error" }, process.stderr);
  installRuntime(log, null);
  let working: Promise<void> | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      working = runWorkers({
        ...{ address: server.address, queues: ["cpu", "gpu"], threads, log, signal: stop.signal, graceMs: 0 },
        activities: allActivities,
        onReady: () => resolve(),
      });
      working.catch(reject);
    });
    const temporal = await connectTemporal(server.address);
    const id = backfillId(ref.job);
    const seconds = await secondsOf(async () => {
      const args = [backfillFrom(ref), AT_FIRST];
      await begin(temporal, { type: "backfill", id, args, summary: "measured" });
      await resultOf(temporal, id, stop.signal);
    });
    await temporal.close();
    return seconds;
  } finally {
    stop.abort();
    await Promise.race([working?.catch(() => undefined), pause(30_000)]);
    await server.kill();
  }
}
