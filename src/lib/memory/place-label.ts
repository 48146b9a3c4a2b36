import { LABELS } from "../context/context.ts";
import type { EpochMs } from "../time/units.ts";
import { refuseEarlierContext, refuseOtherContext } from "./checks.ts";

/** A label fact as numbers that compare: crossesClose, then the labels in their order; NaN where there is none. */
export type LabelNumbers = ArrayLike<number>;

/**
 * What becomes of a label known at `matureAt` beside the stored facts of its pattern and horizon: it is the first, it
 * revises the newest, or it says what was known then anyway. The same labels handed over again, in whatever portions,
 * are `unchanged`.
 * @param known when the stored facts were known, ascending
 * @param factAt the stored fact `k`
 * @throws RhymeError "mismatch" where it contradicts what is stored as known at that instant or before
 */
export function placeLabel(
  place: string,
  known: readonly EpochMs[],
  factAt: (k: number) => LabelNumbers,
  matureAt: EpochMs,
  label: () => LabelNumbers,
): "written" | "revised" | "unchanged" {
  if (known.length === 0) return "written";
  const inForce = known.findLastIndex((t) => t <= matureAt);
  if (inForce < 0) refuseEarlierContext(place, known[0]!, matureAt);
  const differs = difference(factAt(inForce), label());
  if (!differs) return "unchanged";
  if (known[inForce] === matureAt) refuseOtherContext(place, ...differs);
  if (inForce < known.length - 1) refuseEarlierContext(place, known[known.length - 1]!, matureAt);
  return "revised";
}

const NAMES = ["crossesClose", ...LABELS] as const;

/** The first field in which two facts differ: its name, what is stored, what was received; bit by bit but for −0. */
function difference(stored: LabelNumbers, received: LabelNumbers): [string, number, number] | null {
  for (let i = 0; i < NAMES.length; i++) {
    const [a, b] = [stored[i]!, received[i]!];
    if (a !== b && !(Number.isNaN(a) && Number.isNaN(b))) return [NAMES[i]!, a, b];
  }
  return null;
}
