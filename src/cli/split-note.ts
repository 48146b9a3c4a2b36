import { counted } from "../lib/adapters/text/words.ts";

/** What a reader must know about prices that hold splits. */
export function splitNote(splits: number): string {
  return (
    `${counted(splits, "jump")} like a split: prices are not adjusted, and what followed within a horizon across ` +
    "one is no market's move; adjust the prices before remembering them (./rhyme check says where)"
  );
}
