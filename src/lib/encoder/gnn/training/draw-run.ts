import { RhymeError } from "../../../errors.ts";
import type { Rng } from "../../../math/rng.ts";
import type { ChunkLoss, Objective } from "./objective.ts";
import { runOf, type Piece, type Trainee, type TrainingSeries } from "./run.ts";

/** Runs drawn in vain before it is said that there is nothing to learn from. */
const TRIES = 20;
const VALIDATION_RUNS = 4;

/** One step's loss, and where its nodes are from, for whoever has to say so. */
export interface DrawnChunk {
  readonly chunk: ChunkLoss;
  readonly pieces: readonly Piece[];
}

/** A run of nodes from before the validation part, as an objective sees it. */
export function drawChunk(
  series: readonly TrainingSeries[],
  trainee: Trainee,
  objective: Objective,
  chunkNodes: number,
  rng: Rng,
): DrawnChunk {
  const size = Math.floor(chunkNodes / objective.pieces);
  for (let tries = 0; tries < TRIES; tries++) {
    const pieces = Array.from({ length: objective.pieces }, () => drawPiece(series, size, rng));
    const chunk = objective.draw(runOf(series, pieces, trainee), rng);
    if (chunk) return { chunk, pieces };
  }
  throw nothingToLearn(objective, "the part that is trained on");
}

/** A series is drawn by its length. */
function drawPiece(series: readonly TrainingSeries[], chunkNodes: number, rng: Rng): Piece {
  let at = rng.int(series.reduce((sum, { validationFrom }) => sum + validationFrom, 0));
  let chosen = 0;
  for (const [s, { validationFrom }] of series.entries()) {
    chosen = s;
    if (at < validationFrom) break;
    at -= validationFrom;
  }
  const { validationFrom } = series[chosen]!;
  const size = Math.min(chunkNodes, validationFrom);
  const from = rng.int(validationFrom - size + 1);
  return { series: chosen, from, to: from + size, trains: true };
}

/** The same runs with the same chances at every evaluation, spread over the validation parts. */
export function validationChunks(
  series: readonly TrainingSeries[],
  trainee: Trainee,
  objective: Objective,
  chunkNodes: number,
  rng: Rng,
): ChunkLoss[] {
  const chunks = series.flatMap(({ nodes, validationFrom }, s) => {
    const length = nodes.count - validationFrom;
    const size = Math.min(chunkNodes, length);
    const runs = Math.max(1, Math.min(Math.ceil(VALIDATION_RUNS / series.length), Math.floor(length / size)));
    return Array.from({ length: runs }, (_, i) => {
      const from = validationFrom + Math.floor(((length - size) * (i + 1)) / runs);
      const piece: Piece = { series: s, from, to: from + size, trains: false };
      return objective.draw(runOf(series, [piece], trainee), rng);
    });
  });
  const found = chunks.filter((chunk) => chunk !== null);
  if (found.length > 0) return found;
  throw nothingToLearn(objective, "the validation part");
}

function nothingToLearn({ name }: Objective, part: string): RhymeError {
  return new RhymeError("input", {
    place: `objective ${name}, ${part}`,
    expected: "windows of every timeframe whose targets are known",
    received: "none",
    remedy:
      "Give more history, larger chunks (chunkNodes), a shorter horizon, or leave out the coarsest timeframe.",
  });
}
