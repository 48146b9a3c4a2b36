import { existsSync, readFileSync } from "node:fs";
import { parseNotebook } from "./notebook-file.ts";
import { pairState, type Pair } from "./pair-notebook.ts";

/** What keeps a notebook from being committed, each with what to do; empty where nothing does. Types are tsc's part. */
export function notebookFaults(pair: Pair): readonly string[] {
  const { ipynb, twin } = pair;
  const { isPaired, newest } = pairState(pair);
  const pairing = `run ./rhyme notebook pair ${ipynb}`;
  if (!existsSync(ipynb)) return [`${twin} has no notebook beside it: ${pairing}`];
  const { executed, cells } = parseNotebook(readFileSync(ipynb, "utf8"), ipynb);
  return [
    ...(existsSync(twin) ? [] : [`${ipynb} has no .ts twin beside it: ${pairing}`]),
    ...(existsSync(twin) && !isPaired
      ? [`${ipynb} and its twin differ; the .${newest} was edited last: ${pairing}`]
      : []),
    ...(executed.length > 0 ? [`${ipynb} carries outputs (cells ${spell(executed)}): ${pairing}`] : []),
    ...(cells.length === 0 ? [`${ipynb} has no cells`] : []),
  ];
}

function spell(numbers: readonly number[]): string {
  return numbers.length > 8 ? `${numbers.slice(0, 8).join(", ")} …` : numbers.join(", ");
}
