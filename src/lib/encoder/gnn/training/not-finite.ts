import { RhymeError } from "../../../errors.ts";
import { iso } from "../../../time/units.ts";
import type { Piece, TrainingSeries } from "./run.ts";

/** A loss that is no number: at which step, over which rows, and from where one can go on. */
export function notFinite(
  step: number,
  { loss, norm }: { readonly loss: number; readonly norm: number },
  pieces: readonly Piece[],
  series: readonly TrainingSeries[],
  checkpoint: number | null,
): RhymeError {
  const batch = pieces.map(({ series: s, from, to }) => {
    const { knownAt } = series[s]!.nodes;
    return `series ${s + 1}, nodes ${from} to ${to - 1} (known ${iso(knownAt[from]!)} to ${iso(knownAt[to - 1]!)})`;
  });
  const good =
    checkpoint === null ? `no checkpoint is kept` : `the last good checkpoint is of step ${checkpoint}`;
  return new RhymeError("input", {
    place: `fitting, step ${step}, batch of ${batch.join("; ")}`,
    expected: "a loss and gradients that are numbers",
    received: `loss ${loss}, gradient norm ${norm}`,
    remedy: `Lower learningRate, clip at a smaller clipNorm, or look for odd values in these rows; ${good}.`,
  });
}
