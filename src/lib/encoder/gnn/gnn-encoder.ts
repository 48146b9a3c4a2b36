import { RhymeError } from "../../errors.ts";
import type { FeatureTable, FeatureTables } from "../../features/feature.ts";
import { designHash } from "../../graph/design.ts";
import type { GraphDesign } from "../../graph/graph-design.ts";
import { canonicalJson, hashParts } from "../../math/hash.ts";
import type { EpochMs } from "../../time/units.ts";
import type { Embeddings, EncodeOptions, Encoder, EncoderStream } from "../encoder.ts";
import { receptiveField } from "../receptive-field.ts";
import { findAnchors } from "./anchors.ts";
import { encodeTables, hearsNearby } from "./encode-history.ts";
import { packGnn, type PackedGnn } from "./packed-gnn.ts";
import { READOUT_WINDOWS } from "./readout.ts";
import { describedShape, weightShapes, type GnnModel, type LayerKind } from "./gnn-model.ts";
import { tablesOf } from "./gnn-nodes.ts";
import { GnnStream } from "./gnn-stream.ts";

/** How a model came about; travels with it. */
export interface GnnOrigin {
  readonly featureSet: string;
  readonly featureSetHash: string;
  readonly featureNames: readonly string[];
  readonly knownAt: EpochMs;
  readonly seed: number;
  readonly dataHash: string;
  readonly options: Readonly<Record<string, string | number | boolean | string[]>>;
  readonly scores: Readonly<Record<string, number>>;
}

/** A graph network of any layer kind over the history graph, in plain typed arrays: no backend, the same bits everywhere. */
export class GnnEncoder implements Encoder {
  readonly version: string;
  readonly model: GnnModel;
  readonly origin: GnnOrigin;
  readonly receptiveField: Readonly<Record<string, number>>;
  readonly #packed: PackedGnn;

  constructor(model: GnnModel, origin: GnnOrigin) {
    this.model = model;
    this.origin = origin;
    this.version = versionOf(model, origin);
    this.receptiveField = receptiveField(model.design, {
      layers: model.shape.layers,
      readoutWindows: Math.max(...model.shape.readout.map((kind) => READOUT_WINDOWS[kind])),
      settled: model.warmUp.settled,
    });
    this.#packed = packGnn(model);
  }

  get kind(): LayerKind {
    return this.model.shape.layer;
  }
  get dim(): number {
    return this.model.shape.dim;
  }
  get design(): GraphDesign {
    return this.model.design;
  }
  get featureSet(): string {
    return this.origin.featureSet;
  }
  get featureSetHash(): string {
    return this.origin.featureSetHash;
  }
  get knownAt(): EpochMs {
    return this.origin.knownAt;
  }

  get hearsNearby(): boolean {
    return hearsNearby(this.model.shape);
  }

  encodeHistory(tables: FeatureTables, options: EncodeOptions = {}): Embeddings {
    return encodeTables(this.#packed, this.#columns(tables), options);
  }

  anchorRows(tables: FeatureTables): Int32Array {
    return findAnchors(this.#columns(tables), this.model.warmUp.first).rows;
  }

  /**
   * The newest base row of the tables. With less history than `receptiveField` the result is what `encodeHistory` says
   * of that history, which a longer one may change.
   * @throws RhymeError "input" where the newest base row is still within warm-up.
   */
  encodeWindow(tables: FeatureTables): Float32Array {
    const columns = this.#columns(tables);
    const { vectors } = encodeTables(this.#packed, columns, { from: columns[0]!.knownAt.length - 1 });
    if (vectors.length > 0) return vectors;
    throw new RhymeError("input", {
      place: "candles of the window",
      expected: `more than ${this.model.warmUp.first} known rows of each of ${this.design.timeframes.join(", ")}`,
      received: columns.map((table) => `${table.knownAt.length} of ${table.timeframe}`).join(", "),
      remedy: `Hand in more history, best ${JSON.stringify(this.receptiveField)} rows.`,
    });
  }

  /** @param room rows that are kept before any is let go */
  stream(room?: number): EncoderStream {
    return new GnnStream(this.#packed, room);
  }

  #columns(tables: FeatureTables): FeatureTable[] {
    return tablesOf(tables, this.design.timeframes, this.origin.featureNames);
  }
}

/** `<kind><layers>_<dim>_<hash>`, as in sage2_64_…; the hash covers design, features, scaling, sizes and weights. */
function versionOf({ shape, design, scaler, weights, warmUp }: GnnModel, origin: GnnOrigin): string {
  const { featureSetHash, featureNames } = origin;
  const described = { shape: describedShape(shape), scaler, warmUp, featureSetHash, featureNames };
  const names = Object.keys(weightShapes(shape));
  const hash = hashParts(
    `rhyme.${shape.layer}/1`,
    designHash(design),
    canonicalJson(described),
    ...names.map((name) => weights[name]!),
  );
  return `${shape.layer.replace("-", "")}${shape.layers}_${shape.dim}_${hash.slice(0, 16)}`;
}
