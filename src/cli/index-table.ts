import type { IndexView } from "./index-view.ts";
import type { Ui } from "./ui.ts";

const n = (value: number): string => value.toLocaleString("en-US");

/** How an index stands beside a memory, for people. */
export function printIndex(ui: Ui, { index, holdings, unusable }: IndexView): void {
  ui.out("");
  if (unusable !== null) return ui.out(ui.red(`nothing can be said of the index: ${unusable}`));
  if (holdings.length === 0) return ui.out(`${index}: nothing is embedded that it could hold`);
  ui.table([
    ["index", "tenant", "encoder", "patterns", "indexed", "is"],
    ...holdings.map((held) => [
      ...[index, held.tenant, held.encoder, n(held.patterns), n(held.indexed)],
      held.state,
    ]),
  ]);
  if (holdings.some(({ state }) => state !== "in step"))
    ui.out(
      "./rhyme remember with the same --index brings it up to the memory; until then the memory answers itself",
    );
  for (const { tenant, encoder, verified } of holdings) {
    if (verified === null) continue;
    const name = `tenant ${tenant}, encoder ${encoder}`;
    if (verified.problems.length === 0)
      ui.out(`${ui.green("equal")} to the memory (${name}: ${n(verified.checked)} patterns)`);
    else ui.out(ui.red(`${n(verified.problems.length)} differences (${name})`));
    for (const { place, expected, received } of verified.problems)
      ui.out(`  ${place}\n    expected  ${expected}\n    got       ${received}`);
  }
}

/** The same for programs. */
export function indexDocument({ index, holdings, unusable }: IndexView): object {
  return { address: index, unusable, holdings };
}
