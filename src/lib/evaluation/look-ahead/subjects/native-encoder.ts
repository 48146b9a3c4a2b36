import { encodeNatively } from "../../../encoder/gnn/native/encode-native.ts";
import { tablesOf } from "../../../encoder/gnn/gnn-nodes.ts";
import { LAYER_KINDS } from "../../../encoder/gnn/gnn-model.ts";
import { packGnn } from "../../../encoder/gnn/packed-gnn.ts";
import { READOUT_KINDS } from "../../../encoder/gnn/readout.ts";
import { featureTables } from "../../../features/feature-table.ts";
import type { CandlesSubject, Subject } from "../subject.ts";
import { drawnEncoder, featuresOf } from "./drawn-encoder.ts";
import { drawnDesign, SMALL_SET } from "./graph.ts";

/** Encoding in single precision by WebAssembly; other engines multiply what it gathers. */
const native: CandlesSubject = {
  name: "encoder/native",
  covers: ["encodeNatively"],
  takes: "candles",
  every: 80,
  instants: 24,
  async run(candles, setting) {
    const encoder = drawnEncoder({
      layer: LAYER_KINDS[setting.seed % LAYER_KINDS.length]!,
      seed: setting.seed,
      design: drawnDesign(setting),
      features: featuresOf(SMALL_SET),
      readout: READOUT_KINDS,
      first: setting.seed % 3,
    });
    const columns = tablesOf(
      featureTables(SMALL_SET, candles),
      encoder.design.timeframes,
      encoder.origin.featureNames,
    );
    const { anchors, vectors } = await encodeNatively(packGnn(encoder.model), columns, "simd");
    return [{ name: "embedding", key: anchors, knownAt: anchors, values: vectors }];
  },
};

export const NATIVE_ENCODER_SUBJECTS: readonly Subject[] = [native];
