import type { Explained, HistoriesPlan } from "./check-histories.ts";

export interface ViolationRow extends Omit<Explained, "smallest"> {
  readonly sentence: string;
  readonly aheadMs: number | null;
  /** The smallest history found, in words. */
  readonly smallest: string;
  /** The command that shows it again. */
  readonly again: string;
}

export function violationRow({ seed }: HistoriesPlan, { smallest, ...found }: Explained): ViolationRow {
  const { sentence, aheadMs, history } = smallest;
  const again = `./rhyme look-ahead --all --seed ${seed} --chunk ${found.chunk} --subject ${found.subject}`;
  return { ...found, sentence, aheadMs, smallest: history.about, again };
}

/** What a person reads about a violation. */
export function violationLines({ subject, sentence, check, about, smallest, again }: ViolationRow): string[] {
  return [
    `${subject}: ${sentence}`,
    `  found by   ${check}, in ${about}`,
    `  shrunk to  ${smallest}`,
    `  again      ${again}`,
  ];
}
