import type * as TfCore from "@tensorflow/tfjs-core";
import type { FeatureSet, FeatureTables } from "../features/feature.ts";
import type { GraphDesign } from "../graph/graph-design.ts";
import type { EpochMs } from "../time/units.ts";
import type { ArtefactFile } from "./artefact.ts";
import type { Encoder } from "./encoder.ts";
import type { ReadoutKind } from "./gnn/readout.ts";
import type { ObjectiveOptions } from "./objective-options.ts";

/** TensorFlow.js with a backend that is set up (adapters/tfjs): training needs it, inference does not. */
export type Tf = typeof TfCore;

/** One evaluation: the mean training loss since the one before, and the loss on the validation part. */
export interface LossPoint {
  readonly step: number;
  readonly training: number;
  readonly validation: number;
}

/** What a fitting says about itself while it runs. Losses are those of its objective. */
export interface FitProgress {
  readonly step: number;
  readonly steps: number;
  readonly trainLoss: number;
  /** The newest; NaN before the first evaluation. */
  readonly validationLoss: number;
  /** Windows that this call has trained on so far. */
  readonly windows: number;
}

export interface FitCheckpoint {
  /** Steps between saves. */
  readonly every: number;
  /** Also called with the newest state before an abort is thrown. */
  readonly save?: (bytes: Uint8Array) => void | Promise<void>;
  /** A saved state of the same data and options: fitting goes on from there as if it had never stopped. */
  readonly resume?: Uint8Array;
}

/** How an encoder is made; everything but design and features has a default. */
export interface EncoderOptions {
  readonly design: GraphDesign;
  readonly featureSet: FeatureSet;
  readonly seed?: number; // 1
  readonly dim?: number; // 64
  readonly hidden?: number; // 64
  /** Attention heads, a divisor of `hidden`; kinds without attention take no notice. */
  readonly heads?: number; // 4
  readonly layers?: number; // 2
  readonly readout?: readonly ReadoutKind[]; // ["last"]
  /** Only rows known by then are seen, by anything. */
  readonly fitUntil?: EpochMs;
}

export interface FitOptions extends EncoderOptions {
  readonly tf: Tf;
  readonly objective?: ObjectiveOptions; // reconstruction
  readonly steps?: number; // 300
  readonly learningRate?: number; // 3e-3, falling along half a cosine to a tenth
  /** Steps in which the learning rate rises to where it is to be. */
  readonly warmUpSteps?: number; // 0
  /** Largest norm of all gradients of a step together. */
  readonly clipNorm?: number; // none
  readonly chunkNodes?: number; // 2,600
  /** Of reconstruction, where `objective` does not say it. */
  readonly maskShare?: number; // 0.4
  /** Last part of the time span, on which fitting is stopped early and never trained. */
  readonly validationShare?: number; // 0.15
  readonly evaluateEvery?: number; // 25 steps
  readonly patience?: number; // 6 evaluations without a gain
  readonly signal?: AbortSignal;
  /** Awaited, so that a caller may also let other work run. */
  readonly onProgress?: (progress: FitProgress) => void | Promise<void>;
  readonly checkpoint?: FitCheckpoint;
  /** Called once, when training is through. */
  readonly onTrained?: (curve: readonly LossPoint[]) => void;
}

/** One way of turning candles into embeddings. A new kind is one object of this type in load-encoder.ts. */
export interface EncoderFamily {
  readonly kind: string;
  /** Fits on several series together. Same data, options and backend: same bytes. */
  fit(tables: readonly FeatureTables[], options: FitOptions): Promise<Encoder>;
  /** The same with random layers: what training is measured against. Scaling and projection are fitted. */
  untrained(tables: readonly FeatureTables[], options: EncoderOptions): Encoder;
  /** Files of an artefact folder. */
  save(encoder: Encoder): ArtefactFile[];
  /** @throws RhymeError for anything but a whole, unchanged artefact that this code's features fit. */
  load(files: ReadonlyMap<string, Uint8Array>, place: string): Encoder;
}
