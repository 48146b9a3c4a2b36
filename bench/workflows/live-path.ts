import path from "node:path";
import { openMemoryFolder } from "../../src/lib/adapters/sqlite/open-memory.ts";
import { rowsOf } from "../../src/lib/candles/candle-series.ts";
import { sliceRows } from "../../src/lib/candles/slice.ts";
import { remember } from "../../src/lib/remember/remember.ts";
import { temporaryFolder } from "../../src/lib/testing/temporary-folder.ts";
import { liveHere } from "../../workflows/live/here.ts";
import { keyOf, liveWorld, type LiveWorld } from "../../workflows/testing/live-world.ts";
import { digits, median, quantileOf, timed, type BenchWork } from "../row.ts";

const HISTORY = 30_000;
const CANDLES = 200;
const TIMEFRAMES = ["5m", "30m", "1h", "4h"];
const HORIZONS = ["1h", "1d", "4h"];

/** A closed candle in its file → stored, embedded, labelled, asked, the answer in the log; in the thread of a worker. */
export const livePath: BenchWork = {
  name: "live-path",
  run: async () => {
    const at = temporaryFolder();
    const here = liveHere(new AbortController().signal);
    try {
      const world = await liveWorld({
        ...{ path: at.path, history: HISTORY, rows: HISTORY + CANDLES + 20 },
        ...{ timeframes: TIMEFRAMES, horizons: HORIZONS, widths: { hidden: 32, dim: 64 } },
      });
      const ref = world.ref(0);
      let answered: number | null = null;
      const times = await timed(
        CANDLES,
        async (round) => {
          const row = HISTORY + 10 + round;
          world.append(0, row, row + 1);
          await here.activities.pollSource(ref);
          await here.activities.advance(ref);
          answered = (await here.activities.answer({ ...ref, after: answered, patient: true })).through;
        },
        10,
      );
      const stored = openMemoryFolder(world.memory, { mode: "read" });
      const answers = stored.answers.list("default", { limit: 1_000 }).length;
      stored.close();
      const again = await timed(3, () => remembered(path.join(at.path, "again"), world), 0);
      const p99 = quantileOf(times, 0.99);
      return [
        {
          work: `a live candle over ${HISTORY.toLocaleString("en")}: from its file to its stored answer`,
          ours: digits(p99),
          theirs: digits(median(again)),
          unit: "ms p99",
          against: "remember alone, of the same candles and one more",
          ratio: digits(median(again) / p99),
          target: "p99 ≤ 500 ms",
          ok: p99 <= 500,
          notes: `median ${digits(median(times))} ms, longest ${digits(times.at(-1)!)} ms over ${CANDLES} candles, ${answers} answers kept`,
        },
      ];
    } finally {
      await here.close();
      at.remove();
    }
  },
};

/** What a user does without it: remembers the series with its new candle. */
async function remembered(memory: string, { series, encoder, job }: LiveWorld): Promise<void> {
  const folder = openMemoryFolder(memory, { mode: "write" });
  try {
    const [candles] = series;
    const before = folder.candles.list()[0]?.rows ?? HISTORY;
    folder.candles.write(sliceRows(candles!, 0, Math.min(before + 1, rowsOf(candles!))), Date.now());
    const into = folder.memory(job.tenant, encoder);
    await remember(folder.candles, into, encoder, keyOf(candles!), { horizons: job.horizons });
  } finally {
    folder.close();
  }
}
