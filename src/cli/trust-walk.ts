import { setImmediate as nextTurn } from "node:timers/promises";
import { parseWeaviateAddress } from "../lib/adapters/weaviate/address.ts";
import type { IndexWish } from "../lib/adapters/weaviate/search-index.ts";
import type { Searched } from "../lib/memory/searched.ts";
import { openTensorFlow } from "../lib/adapters/tfjs/open-tensorflow.ts";
import { yearlyFolds } from "../lib/evaluation/trust/folds.ts";
import { walkForward } from "../lib/evaluation/trust/walk-forward.ts";
import { fitEncoder } from "../lib/remember/fit-encoder.ts";
import { keyOf, type Replayed, type Work } from "./trust-work.ts";

const FIT_SEED = 1; // as remember fits; --seed is for the resamples

/** One encoder a year, each fitted on what was known before it. */
export async function walked({ folder, asked, encoder, options }: Work): Promise<Replayed> {
  const { tenant, horizon, ui, signal } = options;
  const members = folder
    .holdings(tenant)
    .filter((held) => held.encoder === encoder.version && held.timeframe === asked[0]!.timeframe)
    .map(keyOf);
  const known = members.map((key) => folder.candles.read(key, { asOf: Infinity }).knownAt);
  const first = Math.min(...known.map((column) => column[0] ?? Infinity));
  const last = Math.max(...known.map((column) => column.at(-1) ?? -Infinity));
  const tf = await openTensorFlow();
  const progress = ui.progress("walking forward", 1000);
  const walk = await walkForward(folder.candles, {
    tenant,
    horizon,
    folds: yearlyFolds(first, last),
    members,
    asked: asked.map(keyOf),
    signal,
    fit: (candles, until) =>
      fitEncoder(candles, {
        tf,
        timeframes: encoder.design.timeframes,
        featureSet: encoder.featureSet,
        until,
        seed: FIT_SEED,
        signal,
        onProgress: () => nextTurn(),
      }),
    onProgress: async (share, what) => {
      progress.update(1000 * share, what);
      await nextTurn();
    },
  });
  progress.done();
  return options.index ? { ...walk, searched: notAsked(options.index) } : walk;
}

/** An index holds moments of the memory's own encoder, which is not used here. */
function notAsked({ address }: IndexWish): Searched {
  const { place: index } = parseWeaviateAddress(address);
  return {
    index,
    fallback: "walking forward fits encoders of its own, and no index holds their moments",
    exact: true,
  };
}
