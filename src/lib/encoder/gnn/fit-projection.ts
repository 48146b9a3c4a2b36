import { RhymeError } from "../../errors.ts";
import type { FeatureTable } from "../../features/feature.ts";
import type { Steps } from "../../math/steps.ts";
import { principalAxesSteps, type Projection } from "../principal-axes.ts";
import { findAnchors, type Anchors } from "./anchors.ts";
import { readHistorySteps } from "./encode-history.ts";
import { packGnn } from "./packed-gnn.ts";
import type { Readout } from "./readout.ts";
import type { GnnModel } from "./gnn-model.ts";

const MOST_ANCHORS = 4096;
const FEWEST_ANCHORS = 100;

/**
 * The projection of a model whose layers are there: principal axes of the concatenated readouts at evenly spaced
 * anchors of all series. `series` holds the tables of each, fine to coarse, training rows alone. In
 * steps, since it takes seconds to minutes.
 */
export function* fitProjection(
  model: GnnModel,
  series: readonly (readonly FeatureTable[])[],
): Steps<Projection> {
  const { shape, warmUp } = model;
  const packed = packGnn(model);
  const width = shape.timeframes * shape.readout.length * shape.hidden;
  const found = series.map((columns) => findAnchors(columns, warmUp.first));
  const total = found.reduce((sum, { rows }) => sum + rows.length, 0);
  if (total < FEWEST_ANCHORS)
    throw new RhymeError("input", {
      place: "history to fit on",
      expected: `at least ${FEWEST_ANCHORS} anchors with more than ${warmUp.first} known rows of every timeframe`,
      received: String(total),
      remedy: "Give more history, or leave out the coarsest timeframe.",
    });
  const stride = Math.ceil(total / MOST_ANCHORS);
  const samples = found.map(({ rows }) => Math.ceil(rows.length / stride));
  const matrix = new Float64Array(samples.reduce((a, b) => a + b, 0) * width);
  let at = 0;
  for (const [s, columns] of series.entries()) {
    if (samples[s] === 0) continue;
    const readouts = yield* readHistorySteps(packed, columns);
    for (let a = 0; a < found[s]!.rows.length; a += stride, at += width)
      writeReadouts(readouts, found[s]!, a, matrix, at);
  }
  return yield* principalAxesSteps(matrix, width, shape.dim);
}

function writeReadouts(
  readouts: readonly Readout[],
  { counts }: Anchors,
  a: number,
  out: Float64Array,
  at: number,
): void {
  readouts.forEach((readout, t) => readout.write(counts[t]![a]!, out, at + t * readout.width));
}
