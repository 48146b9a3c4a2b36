import type { Encoder, EncoderStream } from "../encoder/encoder.ts";
import type { FeatureRow, FeatureTables } from "../features/feature.ts";
import { bitEqual } from "./matchers.ts";

/** Every row in (knownAt, fine to coarse) order; what the stream says at each instant is about the newest base row. */
export function streamAll(
  encoder: Encoder,
  tables: FeatureTables,
  stream: EncoderStream = encoder.stream(),
): Map<number, Float32Array> {
  const [base] = encoder.design.timeframes;
  const rows: FeatureRow[] = encoder.design.timeframes.flatMap((timeframe) => {
    const { openTime, knownAt, values, names } = tables[timeframe]!;
    return Array.from(openTime, (open, i) => ({
      timeframe,
      openTime: open,
      knownAt: knownAt[i]!,
      values: values.slice(i * names.length, (i + 1) * names.length),
    }));
  });
  rows.sort((a, b) => a.knownAt - b.knownAt); // stable: fine to coarse, then by row
  const found = new Map<number, Float32Array>();
  let anchor = NaN;
  rows.forEach((row, i) => {
    stream.push(row);
    if (row.timeframe === base) anchor = row.knownAt;
    if (rows[i + 1]?.knownAt === row.knownAt) return;
    const vector = stream.embed();
    const before = found.get(anchor);
    // A coarser bar that comes after its base bar is none of that anchor's business.
    if (before && !bitEqual(vector!, before)) throw new Error(`the embedding of ${anchor} changed`);
    if (!before && vector) found.set(anchor, vector);
  });
  return found;
}
