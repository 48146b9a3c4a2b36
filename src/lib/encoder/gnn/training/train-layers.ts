import { createRng, type Rng } from "../../../math/rng.ts";
import type { FitCheckpoint, FitProgress, LossPoint, Tf } from "../../family.ts";
import type { ObjectiveOptions } from "../../objective-options.ts";
import { initialLayers, layerShapes, readoutShapes, type GnnWeights } from "../gnn-model.ts";
import { adamInit, adamUpdate, type Parameters } from "./adam.ts";
import { readCheckpoint, writeCheckpoint, type TrainState } from "./checkpoint.ts";
import { clipGradients, globalNorm } from "./clip-gradients.ts";
import { drawChunk, validationChunks } from "./draw-run.ts";
import { lossAndGradients, lossOf, trainedShapes } from "./loss-gradients.ts";
import { notFinite } from "./not-finite.ts";
import { objectiveOf, type ChunkLoss, type Objective } from "./objective.ts";
import type { Trainee, TrainingSeries } from "./run.ts";
import { rateAt, type Schedule } from "./schedule.ts";

export interface TrainOptions extends Schedule {
  readonly objective: ObjectiveOptions;
  readonly seed: number;
  /** Largest norm of all gradients together. */
  readonly clipNorm: number;
  readonly chunkNodes: number;
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
  readonly curve: readonly LossPoint[];
}

/**
 * Trains layers and readouts for an objective and returns the weights of the best evaluation. An abort is heard between
 * two chunks, after a checkpoint from which it goes on to the same bytes.
 * @throws RhymeError "input" where a loss is no number, after a checkpoint of the state before
 */
export async function trainLayers(
  tf: Tf,
  trainee: Trainee,
  series: readonly TrainingSeries[],
  options: TrainOptions,
): Promise<TrainedLayers> {
  return new Fitting(tf, trainee, series, options).run();
}

class Fitting {
  readonly #tf: Tf;
  readonly #trainee: Trainee;
  readonly #series: readonly TrainingSeries[];
  readonly #options: TrainOptions;
  readonly #objective: Objective;
  readonly #validation: readonly ChunkLoss[];
  #saved = 0; // step of the newest checkpoint
  #windows = 0;

  constructor(tf: Tf, trainee: Trainee, series: readonly TrainingSeries[], options: TrainOptions) {
    this.#tf = tf;
    this.#trainee = trainee;
    this.#series = series;
    this.#options = options;
    this.#objective = objectiveOf(options.objective, { trainee, series });
    const rng = createRng(options.seed + 2);
    this.#validation = validationChunks(series, trainee, this.#objective, options.chunkNodes, rng);
  }

  async run(): Promise<TrainedLayers> {
    const { steps, seed, checkpoint, identity } = this.#options;
    const resume = checkpoint?.resume;
    const state = resume ? readCheckpoint(resume, identity) : await this.#begin();
    this.#saved = resume ? state.adam.step : 0;
    const rng = createRng(0, state.rng);
    await this.#judgeWhereDue(state); // where it was stopped in the middle of that
    while (state.adam.step < steps && !state.stopped) {
      await this.#pause(state);
      const trainLoss = await this.#step(state, rng);
      await this.#judgeWhereDue(state);
      const step = state.adam.step;
      if (checkpoint && step % checkpoint.every === 0) await this.#save(state);
      const validationLoss = state.curve.at(-1)?.validation ?? NaN;
      await this.#options.onProgress?.({ step, steps, trainLoss, validationLoss, windows: this.#windows });
    }
    if (this.#saved < state.adam.step) await this.#save(state); // what comes now can be had again from there
    const untrained = await this.#validate(this.#initial(seed), state);
    return this.#trained(state, untrained);
  }

  #initial(seed: number): Parameters {
    const rng = createRng(seed);
    return { ...initialLayers(this.#trainee.shape, rng), ...this.#objective.initial(rng) };
  }

  async #begin(): Promise<TrainState> {
    const parameters = this.#initial(this.#options.seed);
    const bestLoss = await this.#validate(parameters, null);
    return {
      ...{ parameters, adam: adamInit(parameters), best: copy(parameters), bestLoss, bestStep: 0 },
      ...{ waited: 0, rng: createRng(this.#options.seed + 1).state(), stopped: false },
      ...{ judged: 0, lossSinceThen: 0, curve: [] },
    };
  }

  /** One step; the state stays as it was where the loss or its gradient is no number. */
  async #step(state: TrainState, rng: Rng): Promise<number> {
    const { chunkNodes, clipNorm } = this.#options;
    const { chunk, pieces } = drawChunk(this.#series, this.#trainee, this.#objective, chunkNodes, rng);
    const { loss, gradients } = lossAndGradients(this.#tf, this.#shapes(), state.parameters, chunk);
    const norm = globalNorm(gradients);
    if (!Number.isFinite(loss) || !Number.isFinite(norm)) {
      await this.#save(state);
      const kept = this.#options.checkpoint?.save ? this.#saved : null;
      throw notFinite(state.adam.step + 1, { loss, norm }, pieces, this.#series, kept);
    }
    clipGradients(gradients, norm, clipNorm);
    adamUpdate(state.parameters, gradients, state.adam, rateAt(state.adam.step, this.#options));
    state.rng = rng.state();
    state.lossSinceThen += loss;
    this.#windows += chunk.windows;
    return loss;
  }

  /** After every so many steps and the last one, once: keeps the best, and stops after `patience` without a gain. */
  async #judgeWhereDue(state: TrainState): Promise<void> {
    const { evaluateEvery, steps, patience } = this.#options;
    const { step } = state.adam;
    if (step === state.judged || (step % evaluateEvery !== 0 && step !== steps)) return;
    const loss = await this.#validate(state.parameters, state);
    state.curve.push({ step, training: state.lossSinceThen / (step - state.judged), validation: loss });
    state.judged = step;
    state.lossSinceThen = 0;
    if (loss < state.bestLoss) {
      state.best = copy(state.parameters);
      state.bestLoss = loss;
      state.bestStep = step;
      state.waited = 0;
    } else if (++state.waited >= patience) state.stopped = true;
  }

  async #validate(parameters: Parameters, state: TrainState | null): Promise<number> {
    const losses: number[] = [];
    for (const chunk of this.#validation) {
      await this.#pause(state);
      losses.push(lossOf(this.#tf, this.#shapes(), parameters, chunk));
    }
    return mean(losses);
  }

  /** Lets signals and heartbeats through. @throws the signal's reason, after a checkpoint */
  async #pause(state: TrainState | null): Promise<void> {
    await this.#tf.nextFrame();
    const { signal } = this.#options;
    if (signal?.aborted && state) await this.#save(state);
    signal?.throwIfAborted();
  }

  async #save(state: TrainState): Promise<void> {
    const { checkpoint, identity } = this.#options;
    if (!checkpoint?.save) return;
    await checkpoint.save(writeCheckpoint(state, identity));
    this.#saved = state.adam.step;
  }

  #shapes(): ReturnType<typeof trainedShapes> {
    return trainedShapes(this.#trainee.shape, this.#objective);
  }

  #trained(state: TrainState, validationLossUntrained: number): TrainedLayers {
    const { shape } = this.#trainee;
    const kept = Object.keys({ ...layerShapes(shape), ...readoutShapes(shape) });
    return {
      weights: Object.fromEntries(kept.map((name) => [name, state.best[name]!])),
      scores: {
        validationLoss: state.bestLoss,
        validationLossUntrained,
        validationLossOfMean: mean(this.#validation.map(({ baseline }) => baseline)),
        bestStep: state.bestStep,
        steps: state.adam.step,
      },
      curve: state.curve,
    };
  }
}

function copy(parameters: Parameters): Parameters {
  return Object.fromEntries(Object.entries(parameters).map(([name, values]) => [name, values.slice()]));
}

function mean(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}
