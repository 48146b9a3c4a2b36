import { createRng, type Rng } from "../../../math/rng.ts";
import type { FitCheckpoint, FitProgress, Tf } from "../../family.ts";
import type { GnnNodes } from "../gnn-nodes.ts";
import type { GnnShape, GnnWeights } from "../gnn-model.ts";
import { layerShapes, readoutShapes } from "../gnn-model.ts";
import { adamInit, adamUpdate, type Parameters } from "./adam.ts";
import { readCheckpoint, writeCheckpoint, type TrainState } from "./checkpoint.ts";
import { maskedChunk, type Chunk } from "./chunk.ts";
import { initialParameters, lossAndGradients, lossOf, meanLoss } from "./reconstruction.ts";

/** The nodes of one series; those from `validationFrom` on are never trained on. */
export interface TrainingSeries {
  readonly nodes: GnnNodes;
  readonly validationFrom: number;
}

export interface TrainOptions {
  readonly seed: number;
  readonly steps: number;
  readonly learningRate: number;
  readonly chunkNodes: number;
  readonly maskShare: number;
  readonly evaluateEvery: number;
  readonly patience: number;
  /** What is fitted, with what: a checkpoint of anything else is refused. */
  readonly identity: string;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: FitProgress) => void | Promise<void>;
  readonly checkpoint?: FitCheckpoint;
}

export interface TrainedLayers {
  readonly weights: GnnWeights;
  readonly scores: Readonly<Record<string, number>>;
}

const VALIDATION_CHUNKS = 4;

/** Trains the layers by masked reconstruction and returns the weights of the best evaluation. */
export async function trainLayers(
  tf: Tf,
  shape: GnnShape,
  series: readonly TrainingSeries[],
  options: TrainOptions,
): Promise<TrainedLayers> {
  const { seed, steps, evaluateEvery, signal, checkpoint, identity } = options;
  const validation = validationChunks(series, shape, options);
  const validate = (parameters: Parameters): number =>
    mean(validation.map((chunk) => lossOf(tf, shape, parameters, chunk)));
  const state = checkpoint?.resume
    ? readCheckpoint(checkpoint.resume, identity)
    : initialState(initialParameters(shape, createRng(seed)), createRng(seed + 1), validate);
  const rng = createRng(0, state.rng);
  let validationLoss = NaN;
  while (state.adam.step < steps && !state.stopped) {
    if (signal?.aborted) await checkpoint?.save?.(writeCheckpoint(state, identity));
    signal?.throwIfAborted();
    const trainLoss = trainStep(tf, shape, series, options, state, rng);
    const step = state.adam.step;
    if (step % evaluateEvery === 0 || step === steps) {
      validationLoss = validate(state.parameters);
      judge(state, validationLoss, options.patience);
    }
    if (checkpoint && step % checkpoint.every === 0)
      await checkpoint.save?.(writeCheckpoint(state, identity));
    await options.onProgress?.({ step, steps, trainLoss, validationLoss });
    await tf.nextFrame(); // lets Ctrl-C and heartbeats through
  }
  const start = validate(initialParameters(shape, createRng(seed)));
  return {
    weights: Object.fromEntries(
      Object.keys({ ...layerShapes(shape), ...readoutShapes(shape) }).map((name) => [
        name,
        state.best[name]!,
      ]),
    ),
    scores: {
      validationLoss: state.bestLoss,
      validationLossUntrained: start,
      validationLossOfMean: mean(validation.map(meanLoss)),
      bestStep: state.bestStep,
      steps: state.adam.step,
    },
  };
}

function initialState(parameters: Parameters, rng: Rng, validate: (p: Parameters) => number): TrainState {
  return {
    parameters,
    adam: adamInit(parameters),
    best: copy(parameters),
    bestLoss: validate(parameters),
    bestStep: 0,
    waited: 0,
    rng: rng.state(),
    stopped: false,
  };
}

function trainStep(
  tf: Tf,
  shape: GnnShape,
  series: readonly TrainingSeries[],
  { steps, learningRate, chunkNodes, maskShare }: TrainOptions,
  state: TrainState,
  rng: Rng,
): number {
  const chunk = drawChunk(series, shape, chunkNodes, maskShare, rng);
  const { loss, gradients } = lossAndGradients(tf, shape, state.parameters, chunk);
  const cosine = 0.5 + 0.5 * Math.cos((Math.PI * state.adam.step) / steps);
  adamUpdate(state.parameters, gradients, state.adam, learningRate * (0.1 + 0.9 * cosine));
  state.rng = rng.state();
  return loss;
}

/** Keeps the best parameters, and stops after `patience` evaluations without a gain. */
function judge(state: TrainState, loss: number, patience: number): void {
  if (loss < state.bestLoss) {
    state.best = copy(state.parameters);
    state.bestLoss = loss;
    state.bestStep = state.adam.step;
    state.waited = 0;
  } else if (++state.waited >= patience) state.stopped = true;
}

/** A run of nodes from before the validation part; a series is drawn by its length. */
function drawChunk(
  series: readonly TrainingSeries[],
  shape: GnnShape,
  chunkNodes: number,
  maskShare: number,
  rng: Rng,
): Chunk {
  let at = rng.int(series.reduce((sum, { validationFrom }) => sum + validationFrom, 0));
  let chosen = series[0]!;
  for (const candidate of series) {
    chosen = candidate;
    if (at < candidate.validationFrom) break;
    at -= candidate.validationFrom;
  }
  const size = Math.min(chunkNodes, chosen.validationFrom);
  const from = rng.int(chosen.validationFrom - size + 1);
  return maskedChunk(chosen.nodes, from, from + size, shape.timeframes, maskShare, rng);
}

/** The same runs and the same masks at every evaluation, spread over the validation parts. */
function validationChunks(
  series: readonly TrainingSeries[],
  shape: GnnShape,
  { seed, chunkNodes, maskShare }: TrainOptions,
): Chunk[] {
  const rng = createRng(seed + 2);
  return series.flatMap(({ nodes, validationFrom }) => {
    const length = nodes.count - validationFrom;
    const size = Math.min(chunkNodes, length);
    const runs = Math.max(
      1,
      Math.min(Math.ceil(VALIDATION_CHUNKS / series.length), Math.floor(length / size)),
    );
    return Array.from({ length: runs }, (_, i) => {
      const from = validationFrom + Math.floor(((length - size) * (i + 1)) / runs);
      return maskedChunk(nodes, from, from + size, shape.timeframes, maskShare, rng);
    });
  });
}

function copy(parameters: Parameters): Parameters {
  return Object.fromEntries(Object.entries(parameters).map(([name, values]) => [name, values.slice()]));
}

function mean(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}
