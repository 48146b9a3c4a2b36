import { LOOK_ALIKES, PLANTED, UNCHANGED } from "./mutants.ts";
import { COUNTS, SEED } from "./mutant-histories.ts";
import type { Mutant } from "./mutant.ts";
import type { MutantTrial } from "./try-mutant.ts";

/** All names that are tried, in the order of the page. */
export const NAMES: readonly string[] = [UNCHANGED, ...LOOK_ALIKES, ...PLANTED].map((one) =>
  typeof one === "string" ? one : one.name,
);

/** What is wrong with a run, in words; nothing where all planted bugs were caught and nothing else was. */
export function failuresOf(trials: readonly MutantTrial[]): readonly string[] {
  const planted = new Set(PLANTED.map(({ name }) => name));
  return trials.flatMap(({ name, histories, caught, threw }) => {
    if (planted.has(name)) {
      if (caught) return [];
      return [`${name} was not caught by ${histories} histories${threw ? `, only threw ${threw}` : ""}`];
    }
    if (caught) return [`false alarm: ${name} in history ${histories}: ${howOf(caught)}, ${caught.sentence}`];
    return threw ? [`${name} threw ${threw}`] : [];
  });
}

/** `prefix of features/as-of (and 2 more)` */
function howOf({ check, garbage, subjects }: NonNullable<MutantTrial["caught"]>): string {
  const more = subjects.length > 1 ? ` (and ${subjects.length - 1} more)` : "";
  return `${garbage ? `${check}, ${garbage},` : check} of ${subjects[0]!}${more}`;
}

/** One trial in lines for a terminal. */
export function linesOf({ name, histories, caught }: MutantTrial): string {
  if (!caught) return `${name.padEnd(36)} silent over ${histories} histories`;
  return `${name.padEnd(36)} ${howOf(caught)}, history ${histories}\n    ${caught.sentence}`;
}

/** How many histories the planted bugs took: median and largest. */
export function summaryOf(trials: readonly MutantTrial[]): {
  readonly median: number;
  readonly most: number;
} {
  const names = new Set(PLANTED.map(({ name }) => name));
  const counts = trials.flatMap(({ name, histories, caught }) =>
    names.has(name) && caught ? [histories] : [],
  );
  counts.sort((a, b) => a - b);
  return { median: counts[counts.length >> 1]!, most: counts.at(-1)! };
}

/** The tables of docs/look-ahead-mutants.md. */
export function tablesOf(trials: readonly MutantTrial[]): string {
  const trialOf = (name: string): MutantTrial => trials.find((trial) => trial.name === name)!;
  const { median, most } = summaryOf(trials);
  const caught = PLANTED.filter(({ name }) => trialOf(name).caught).length;
  const alarms = LOOK_ALIKES.filter(({ name }) => trialOf(name).caught).length;
  return [
    `${caught} of ${PLANTED.length} planted bugs caught (seed ${SEED}; at most ${COUNTS.planted} histories each): half of them by history ${median}, the last by history ${most}.`,
    table(
      ["planted bug", "what the line does now", "caught by", "history", "what is said"],
      PLANTED.map((mutant) => plantedRow(mutant, trialOf(mutant.name))),
    ),
    "## Clean look-alikes",
    `One-line changes that look suspicious and are right: ${alarms} false alarms over the first histories of the same list; none either for the library as it is, over ${COUNTS.clean}.`,
    table(
      ["look-alike", "what the line does now", "histories", "alarms"],
      LOOK_ALIKES.map((mutant) => {
        const { histories, caught: alarm } = trialOf(mutant.name);
        return [nameOf(mutant), mutant.what, `${histories}`, alarm ? howOf(alarm) : "none"];
      }),
    ),
  ].join("\n\n");
}

function plantedRow(mutant: Mutant, { histories, caught }: MutantTrial): readonly string[] {
  if (!caught) return [nameOf(mutant), mutant.what, "**not caught**", `${histories}`, ""];
  return [nameOf(mutant), mutant.what, howOf(caught), `${histories}`, caught.sentence];
}

function nameOf({ name, file }: Mutant): string {
  return `**${name}** \`${file}\``;
}

/** A table of Markdown as it is, not padded to its longest cell. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  const lines = [line(head), line(head.map(() => "---")), ...rows.map(line)];
  return ["<!-- prettier-ignore-start -->", "", ...lines, "", "<!-- prettier-ignore-end -->"].join("\n");
}
