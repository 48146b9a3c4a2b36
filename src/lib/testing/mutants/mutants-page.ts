import { tablesOf } from "./mutant-table.ts";
import type { MutantTrial } from "./try-mutant.ts";

const [BEGIN, END] = ["<!-- tables -->", "<!-- end of tables -->"];

/** The page with the tables of a run between its marks. @throws Error where the marks are gone */
export function withTables(page: string, trials: readonly MutantTrial[]): string {
  const [from, to] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (from < 0 || to < from) throw new Error(`the page has no ${BEGIN} … ${END}`);
  return `${page.slice(0, from + BEGIN.length)}\n\n${tablesOf(trials)}\n\n${page.slice(to)}`;
}
