/**
 * QLIKE of forecast `f` of a range or variance that came out as `y`, both positive: y/f − ln(y/f) − 1. Zero only where
 * they are equal; the ranking of forecasts is not changed by noise in `y` (Patton 2011, J. Econometrics 160, 246-256).
 */
export function qlike(f: number, y: number): number {
  const ratio = y / f;
  return ratio - Math.log(ratio) - 1;
}
