import { everyBlock } from "./blocks.ts";

/** Whether no value is below the one before it. */
export function isAscending(values: Float64Array): boolean {
  return everyBlock(values.length, (from, to) => {
    for (let i = from === 0 ? 1 : from; i < to; i++) if (values[i]! < values[i - 1]!) return false;
    return true;
  });
}
