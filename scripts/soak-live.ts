/**
 * Follows many series for many candles and watches the memory of the process that does it.
 *
 *     node --conditions=lab-source scripts/soak-live.ts [--symbols 20] [--candles 200] [--history 2000] [--minutes M] [--out FILE]
 *
 * Ends after M minutes with what it has come to. Every round each symbol closes one candle; all are stored, embedded, labelled and answered in one thread, as a worker
 * does it. Prints the slope of the resident set over the second half by least squares, beside what each candle would
 * cost if everything it brings were kept. Exit 1 where an answer is missing, or the slope is above 16 kB a candle and symbol.
 */
import { writeFileSync } from "node:fs";
import { loadavg } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { measuredHere } from "../src/cli/machine.ts";
import { temporaryFolder } from "../src/lib/testing/temporary-folder.ts";
import { liveHere } from "../workflows/live/here.ts";
import { liveWorld } from "../workflows/testing/live-world.ts";

const { values: args } = parseArgs({
  options: {
    symbols: { type: "string", default: "20" },
    candles: { type: "string", default: "200" },
    history: { type: "string", default: "2000" },
    minutes: { type: "string", default: "Infinity" },
    out: { type: "string" },
  },
});
const [count, candles, history] = [Number(args.symbols), Number(args.candles), Number(args.history)];
const minutes = Number(args.minutes);
const LIMIT_KB = 16;

const at = temporaryFolder();
const here = liveHere(new AbortController().signal);
const { activities } = here;
const rss: number[] = []; // MB, after each round
const times: number[] = []; // ms, each symbol's candle from its file to its answer
try {
  const symbols = Array.from({ length: count }, (_, i) => `S${String(i).padStart(2, "0")}`);
  const world = await liveWorld({
    ...{ path: at.path, symbols, history, rows: history + candles, patienceMs: 0 },
    ...{ timeframes: ["5m", "30m", "1h"], horizons: ["1h", "4h"], widths: { hidden: 32, dim: 64 } },
  });
  const answered: (number | null)[] = symbols.map(() => null);
  const start = performance.now();
  for (let row = history; row < history + candles && performance.now() - start < minutes * 60_000; row++) {
    const began: number[] = [];
    for (const series of symbols.keys()) {
      began.push(performance.now());
      world.append(series, row, row + 1);
      await here.parts.pollSource(world.ref(series));
      await here.parts.advance(world.ref(series));
      began[series] = performance.now() - began[series]!; // its own part; the answer waits for all
    }
    for (const series of symbols.keys()) {
      const from = performance.now();
      const said = await activities.answer({ ...world.ref(series), after: answered[series]!, patient: true });
      answered[series] = said.through;
      times.push(began[series]! + performance.now() - from);
    }
    await sleep(5);
    rss.push(process.memoryUsage.rss() / 1e6);
    process.stderr.write(row % 10 === 0 ? `${rss.at(-1)!.toFixed(0)} ` : "");
  }
} finally {
  await here.close();
  at.remove();
}

/** Least squares over the second half, MB a round. */
function slopeOf(values: readonly number[]): number {
  const half = values.slice(Math.floor(values.length / 2));
  const [meanX, meanY] = [(half.length - 1) / 2, half.reduce((a, b) => a + b, 0) / half.length];
  let [top, bottom] = [0, 0];
  for (const [x, y] of half.entries()) {
    top += (x - meanX) * (y - meanY);
    bottom += (x - meanX) ** 2;
  }
  return top / bottom;
}

times.sort((a, b) => a - b);
const kbPerCandle = (1_000 * slopeOf(rss)) / count;
const answers = here.counts.get("answers") ?? 0;
const record = {
  ...(await measuredHere(AbortSignal.timeout(10_000))),
  ...{
    symbols: count,
    candles,
    rounds: rss.length,
    history,
    answers,
    load: Number(loadavg()[0]!.toFixed(1)),
  },
  rssMb: {
    first: Math.round(rss[0]!),
    middle: Math.round(rss[rss.length >> 1]!),
    last: Math.round(rss.at(-1)!),
  },
  slope: {
    mbPerRound: Number(slopeOf(rss).toFixed(3)),
    kbPerCandleAndSymbol: Number(kbPerCandle.toFixed(2)),
    limit: LIMIT_KB,
  },
  ms: {
    median: Math.round(times[times.length >> 1]!),
    p99: Math.round(times[Math.floor(times.length * 0.99)]!),
  },
};
const ok = answers === count * candles && kbPerCandle <= LIMIT_KB;
process.stdout.write(`${JSON.stringify({ ...record, ok }, null, 1)}\n`);
if (args.out) writeFileSync(args.out, `${JSON.stringify({ ...record, ok }, null, 1)}\n`);
process.exitCode = ok ? 0 : 1;
