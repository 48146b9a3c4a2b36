import { firmKnownAt } from "../../../candles/firm-known-at.ts";
import { equalShares } from "../../backtest/equal-shares.ts";
import { holdPositions } from "../../backtest/hold-positions.ts";
import type { CandlesSubject, Subject } from "../subject.ts";
import { baseOf } from "./stating.ts";

/** With the last step, and a bar later: what was held of a bar is known with it. */
const held: CandlesSubject = {
  name: "backtest/held",
  covers: ["holdPositions", "equalShares"],
  takes: "candles",
  every: 4,
  instants: 20,
  run(candles, setting) {
    const base = baseOf(candles, setting);
    const { openTime: key, close, closeTime } = base;
    const knownAt = firmKnownAt(base);
    const steps = close.map((price, i) => Math.sign(price - close[i - 1]!));
    const rules = [0, 1].map((delay) => holdPositions(close, closeTime, steps, { cost: 0.001, delay }));
    const shares = equalShares(rules.map(({ net }) => ({ net, closeTime })));
    return [
      ...rules.flatMap(({ net, equity }, delay) => [
        { name: `return, ${delay} bars later`, key, knownAt, values: net },
        { name: `growth, ${delay} bars later`, key, knownAt, values: equity },
      ]),
      { name: "return of both", key, knownAt, values: shares.net },
    ];
  },
};

export const BACKTEST_SUBJECTS: readonly Subject[] = [held];
