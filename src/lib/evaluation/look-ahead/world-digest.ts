import { Digest } from "../../math/digest.ts";
import type { StatedColumn } from "./stated.ts";
import type { World } from "./worlds.ts";

/** The bits of a column as words, without a copy where its elements are words themselves. */
export function wordsOf(column: StatedColumn["values"]): Uint32Array {
  if (column instanceof Uint8Array) return Uint32Array.from(column);
  return new Uint32Array(column.buffer, column.byteOffset, column.byteLength / 4);
}

/** Digest of everything in a world: another one after a call means that the call changed its input. */
export function digestOf({ candles, facts }: Pick<World, "candles" | "facts">): number {
  const digest = new Digest().reset();
  for (const series of [...Object.values(candles), ...facts])
    for (const column of Object.values(series))
      if (column instanceof Float64Array || column instanceof Uint8Array) digest.add(wordsOf(column));
  return digest.value();
}
