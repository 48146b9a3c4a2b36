import { digits, median, peakRssMb, timed, type BenchWork } from "../row.ts";
import { benchEncoder, CANDLES, tablesOfCandles } from "./fixture.ts";

const MOST = 11;

/** Ten times the history: at most eleven times the time. */
export const growth: BenchWork = {
  name: "growth",
  run: async () => {
    const seconds: number[] = [];
    const memory: number[] = [];
    for (const rows of [CANDLES / 10, CANDLES]) {
      const tables = tablesOfCandles(rows);
      const encoder = benchEncoder(tables);
      seconds.push(median(await timed(5, () => encoder.encodeHistory(tables), 2)) / 1000);
      memory.push(peakRssMb());
    }
    const [small, large] = seconds as [number, number];
    return [
      {
        work: `${CANDLES.toLocaleString("en")} candles instead of ${(CANDLES / 10).toLocaleString("en")}`,
        ours: digits(large),
        theirs: digits(small),
        unit: "s",
        against: "a tenth of the history",
        ratio: digits(large / small),
        target: `≤ ${MOST} × the time`,
        ok: large / small <= MOST,
        notes: `peak RSS ${memory[0]!} and ${memory[1]!} MB; here the ratio is of times, so that less is better`,
      },
    ];
  },
};
