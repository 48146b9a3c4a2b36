import { CANDLE_LOOK_ALIKES, LEARNING_LOOK_ALIKES } from "./look-alikes.ts";
import type { Mutant } from "./mutant.ts";
import { PLANTED_CANDLES } from "./planted-candles.ts";
import { PLANTED_LEARNING } from "./planted-learning.ts";

/** Every planted bug. */
export const PLANTED: readonly Mutant[] = [...PLANTED_CANDLES, ...PLANTED_LEARNING];

/** Every clean change that looks like one. */
export const LOOK_ALIKES: readonly Mutant[] = [...CANDLE_LOOK_ALIKES, ...LEARNING_LOOK_ALIKES];

/** The library as it is, under a name of its own. */
export const UNCHANGED = "unchanged";
