import { parseWeaviateAddress } from "../weaviate/address.ts";
import type { IndexWish } from "../weaviate/search-index.ts";
import type { Searched } from "../../memory/searched.ts";
import { openTensorFlow } from "../tfjs/open-tensorflow.ts";
import { yearlyFolds } from "../../evaluation/trust/folds.ts";
import { walkForward } from "../../evaluation/trust/walk-forward.ts";
import { fitEncoder } from "../../remember/fit-encoder.ts";
import { keyOf } from "../../candles/candle-series.ts";
import type { Replayed, TrustWork } from "./trust-work.ts";

const FIT_SEED = 1; // as remember fits; --seed is for the resamples

/** One encoder a year, each fitted on what was known before it. */
export async function walked({ folder, asked, encoder, options }: TrustWork): Promise<Replayed> {
  const { tenant, horizon, signal, onProgress } = options;
  const members = folder
    .holdings(tenant)
    .filter((held) => held.encoder === encoder.version && held.timeframe === asked[0]!.timeframe)
    .map(keyOf);
  const known = members.map((key) => folder.candles.read(key, { asOf: Infinity }).knownAt);
  const first = Math.min(...known.map((column) => column[0] ?? Infinity));
  const last = Math.max(...known.map((column) => column.at(-1) ?? -Infinity));
  const tf = await openTensorFlow();
  const what = "walking forward";
  let at = { done: 0, total: 1000, note: "" };
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
        onProgress: () => onProgress?.({ what, ...at }),
      }),
    onProgress: async (share, note) => {
      at = { done: 1000 * share, total: 1000, note };
      await onProgress?.({ what, ...at });
    },
  });
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
