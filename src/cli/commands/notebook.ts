import type { Command } from "commander";
import { addNotebookCheck, addNotebookPair } from "../notebook/pair-commands.ts";
import { addNotebookExport, addNotebookRun } from "../notebook/run-commands.ts";

const EXAMPLES = `Examples:
  ./rhyme notebook run notebooks/01-candles.ipynb                  all cells, headless; exit 1 names the failing one
  ./rhyme notebook run notebooks/01-candles.ipynb --param file=ETHUSDT-5m.csv.gz --param calendar=24x7
  ./rhyme notebook export notebooks/01-candles.ipynb --html 01.html    run it, then one page to read, figures alive
  ./rhyme notebook pair notebooks/01-candles.ts                    the .ipynb follows the newer of the two
  ./rhyme notebook check                                           paired, no outputs, types
`;

const NOTES = `
A notebook is a pair: NAME.ipynb for JupyterLab, NAME.ts to read, check and compare. Either may be named.
Exit: 0 ok, 1 a cell failed or a check did, 2 bad usage or input.`;

/** `./rhyme notebook run | export | pair | check`: notebooks without JupyterLab. */
export function addNotebook(program: Command): void {
  const command = program
    .command("notebook")
    .summary("run, export, pair and check notebooks without JupyterLab")
    .description("What can be done with notebooks without opening JupyterLab.")
    .addHelpText("before", EXAMPLES)
    .addHelpText("after", NOTES);
  addNotebookRun(command);
  addNotebookExport(command);
  addNotebookPair(command);
  addNotebookCheck(command);
}
