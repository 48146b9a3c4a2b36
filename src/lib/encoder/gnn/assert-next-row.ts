import { RhymeError } from "../../errors.ts";
import type { FeatureRow } from "../../features/feature.ts";
import type { GnnModel } from "./gnn-model.ts";

/**
 * Refuses a live row that does not follow the one before it, or does not fit the model.
 * @throws RhymeError "mismatch" for other features or another timeframe, "time" for a row that was known earlier.
 */
export function assertNextRow(
  { shape, design }: Pick<GnnModel, "shape" | "design">,
  row: FeatureRow,
  before: Pick<FeatureRow, "knownAt" | "timeframe"> | undefined,
): void {
  const { timeframes } = design;
  const t = timeframes.indexOf(row.timeframe);
  if (t < 0 || row.values.length !== shape.features)
    throw new RhymeError("mismatch", {
      place: `a live row of ${row.timeframe}`,
      expected: `${shape.features} features of one of ${timeframes.join(", ")}`,
      received: `${row.values.length} features of ${row.timeframe}`,
      remedy: "Stream the feature set and the timeframes that the encoder was fitted with.",
    });
  if (!before || row.knownAt > before.knownAt) return;
  if (row.knownAt === before.knownAt && t >= timeframes.indexOf(before.timeframe)) return;
  throw new RhymeError("time", {
    place: `a live row of ${row.timeframe}`,
    expected: `knownAt after ${before.knownAt}, or equal and not finer than the row before`,
    received: String(row.knownAt),
    remedy: "Push rows in the order in which they are known, at equal times fine to coarse.",
  });
}
