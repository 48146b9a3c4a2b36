import { spawn, type ChildProcess } from "node:child_process";
import { loadavg } from "node:os";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { builtTemporal } from "../../src/cli/services/temporal-binary.ts";
import { startTemporal } from "../../src/cli/services/start-temporal.ts";
import { STORE_FILE } from "../../src/lib/adapters/sqlite/store-header.ts";
import { RhymeError } from "../../src/lib/errors.ts";
import { temporaryFolder } from "../../src/lib/testing/temporary-folder.ts";
import { begin, connectTemporal } from "../../workflows/client.ts";
import { followedIn } from "../../workflows/live/followed.ts";
import { liveHere } from "../../workflows/live/here.ts";
import { liveFrom } from "../../workflows/live/plan.ts";
import type { EpochMs } from "../../src/lib/time/units.ts";
import { liveWorld, type LiveWorld } from "../../workflows/testing/live-world.ts";
import { digits, median, quantileOf, type BenchRow, type BenchWork } from "../row.ts";

/** One series, and so many that close a candle at once. */
const SERIES = [1, 20];
/** `RHYME_BENCH_HISTORY` for a shorter one. */
const HISTORY = Number(process.env["RHYME_BENCH_HISTORY"] ?? 4_000);
/** Candles of each series; `RHYME_BENCH_CANDLES` for fewer. */
const CANDLES = Number(process.env["RHYME_BENCH_CANDLES"] ?? 25);
const WARM_UP = 3;
const TIMEFRAMES = ["5m", "30m", "1h", "4h"];
const HORIZONS = ["1h", "1d", "4h"];
const MOST_MS = 500;

/**
 * A series closes a candle, then twenty at once, each into its file → stored, embedded, labelled, asked, the answer in the
 * log. Through a server and `./rhyme work` in a process of its own, which sees the files by itself; and in process.
 */
export const livePath: BenchWork = {
  name: "live-path",
  run: async () => {
    const rows: BenchRow[] = [];
    for (const count of SERIES) rows.push(await measure(count));
    return rows;
  },
};

async function measure(series: number): Promise<BenchRow> {
  const at = temporaryFolder();
  try {
    const local = await inProcess(await world(path.join(at.path, "local"), series));
    const remote = await onTemporal(
      await world(path.join(at.path, "temporal"), series),
      path.join(at.path, "server"),
    );
    return rowOf(series, remote, local);
  } finally {
    at.remove();
  }
}

function rowOf(series: number, remote: readonly number[], local: readonly number[]): BenchRow {
  const [p99, p99Local] = [remote, local].map((times) => quantileOf(times, 0.99)) as [number, number];
  return {
    work: `live-path: ${series === 1 ? "a candle" : `${series} candles at once, each`} from its file to its stored answer`,
    ours: digits(p99),
    theirs: digits(p99Local),
    unit: "ms p99",
    against: "the same steps in process, without a server",
    ratio: digits(p99Local / p99),
    target: `p99 ≤ ${MOST_MS} ms`,
    ok: p99 <= MOST_MS,
    notes:
      `over histories of ${HISTORY.toLocaleString("en-US")}; ${remote.length} answers; ` +
      `median ${digits(median(remote))} ms, longest ${digits(remote.at(-1)!)} ms; in process ${digits(median(local))} and ` +
      `${digits(local.at(-1)!)} ms; load of the machine ${loadavg()[0]!.toFixed(1)} at the end`,
  };
}

function world(at: string, series: number): Promise<LiveWorld> {
  const symbols = Array.from({ length: series }, (_, i) => `S${String(i).padStart(2, "0")}`);
  return liveWorld({
    ...{ path: at, symbols, history: HISTORY, rows: HISTORY + WARM_UP + CANDLES, patienceMs: 20_000 },
    ...{ timeframes: TIMEFRAMES, horizons: HORIZONS, widths: { hidden: 32, dim: 64 } },
  });
}

/** Every series by itself, all at once, each from where it was, as their workflows would. */
async function inProcess(of: LiveWorld): Promise<readonly number[]> {
  const here = liveHere(new AbortController().signal);
  const through = of.series.map((): EpochMs | null => null);
  const lookOf = async (series: number): Promise<void> => {
    const after = through[series] ?? null;
    const { answered } = await here.activities.look({ ...of.ref(series), after, patient: true });
    through[series] = answered.through;
  };
  const look = (): Promise<unknown> => Promise.all(of.series.map((_, series) => lookOf(series)));
  try {
    await look();
    return await closing(of, async () => void look());
  } finally {
    await here.close();
  }
}

async function onTemporal(of: LiveWorld, at: string): Promise<readonly number[]> {
  const binary = builtTemporal();
  if (binary === null) throw noBinary();
  const server = await startTemporal({ binary, dataPath: at });
  const worker = work(server.address);
  const temporal = await connectTemporal(server.address);
  try {
    for (const { id, ref } of followedIn(of.memory))
      await begin(temporal, { type: "live", id, args: [liveFrom(ref)], summary: "measured" });
    await answered(of, of.series.length, worker);
    return await closing(of, async () => undefined, worker);
  } finally {
    await temporal.close();
    worker.kill("SIGKILL");
    await server.kill();
  }
}

/** `./rhyme work`, as a user starts it. */
function work(address: string): ChildProcess {
  const main = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));
  const flags = ["--conditions=lab-source", "--disable-warning=ExperimentalWarning"];
  const args = ["work", "--server", address, "--queue", "cpu", "--metrics", "off", "--log-level", "error"];
  return spawn(process.execPath, [...flags, main, ...args], { stdio: ["ignore", "ignore", "inherit"] });
}

/** From the first file of a round to each answer of it, ms, ascending; a round begins when the one before is answered. */
async function closing(
  of: LiveWorld,
  tell: () => Promise<void>,
  worker: ChildProcess | null = null,
): Promise<readonly number[]> {
  const times: number[] = [];
  for (let round = 0; round < WARM_UP + CANDLES; round++) {
    const row = HISTORY + round;
    const before = count(of);
    const began = performance.now();
    for (const series of of.series.keys()) of.append(series, row, row + 1);
    await tell();
    const took = await answered(of, before + of.series.length, worker, began);
    if (round >= WARM_UP) times.push(...took);
    await pause(50); // workflows come to rest
  }
  return times.sort((a, b) => a - b);
}

/** How long it took until each answer was in the log, of which there are to be `wanted`. */
async function answered(
  of: LiveWorld,
  wanted: number,
  worker: ChildProcess | null,
  began: number = performance.now(),
): Promise<readonly number[]> {
  const times: number[] = [];
  for (let there = count(of); there < wanted; await pause(2)) {
    const now = count(of);
    const took = performance.now() - began;
    for (; there < now; there++) times.push(took);
    if (took > 300_000 || (worker && worker.exitCode !== null))
      throw new Error(`${wanted - there} answers are missing`);
  }
  return times;
}

let open: { readonly memory: string; readonly store: DatabaseSync } | null = null;

/** Answers in the log, as another process sees them. */
function count({ memory }: LiveWorld): number {
  if (open?.memory !== memory) {
    open?.store.close();
    open = { memory, store: new DatabaseSync(path.join(memory, STORE_FILE), { readOnly: true }) };
  }
  return Number(open.store.prepare("SELECT count(*) AS n FROM answers").get()!["n"]);
}

function noBinary(): RhymeError {
  return new RhymeError("usage", {
    place: "bench workflows",
    expected: "a temporal binary",
    received: "none",
    remedy: "./rhyme services up temporal builds one; RHYME_TEMPORAL names another.",
  });
}
