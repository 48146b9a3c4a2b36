import type { Command } from "commander";
import { withMemory } from "../ask-memory.ts";
import { EXIT } from "../errors.ts";
import { numberOf } from "../candle-options.ts";
import { printMemory } from "../memory-table.ts";
import { memoryDocument, viewOf } from "../memory-view.ts";
import { createUi } from "../ui.ts";
import { verifyWithProgress } from "../verify-memory.ts";

const EXAMPLES = `Examples:
  ./rhyme memory --memory ./memory               what is inside, and a quick look whether it is whole
  ./rhyme memory --memory ./memory --verify      every row, and embeddings made again from the candles
  ./rhyme memory --memory ./memory --json | jq .holdings
`;

const NOTES = `
The quick look reads the file's structure, names, counts, records, answers and the encoders' files. --verify also
holds every candle, pattern and context against its digest, and embeds three moments of each series again. Exit: 0
whole, 1 something is wrong, and it is named.`;

interface MemoryOptions {
  readonly memory: string;
  readonly verify?: boolean;
  readonly ingests: number;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** `./rhyme memory`: what is inside, and whether it is whole. */
export function addMemory(program: Command): void {
  program
    .command("memory")
    .summary("what a memory holds, and whether it is whole")
    .description("Prints what a memory holds and verifies it.")
    .requiredOption("--memory <folder>", "the memory")
    .option("--verify", "look at every row, not only at the whole")
    .option("--ingests <count>", "how many entries of the ingest log to show", numberOf("--ingests"), 5)
    .option("--json", "one JSON document on stdout, all else on stderr")
    .option("--quiet", "no progress")
    .addHelpText("before", EXAMPLES)
    .addHelpText("after", NOTES)
    .action(run);
}

async function run(options: MemoryOptions): Promise<void> {
  const ui = createUi(options);
  const view = await withMemory(options.memory, async (folder) => {
    const verified = await verifyWithProgress(folder, options.verify === true, ui);
    return viewOf(folder, options.memory, verified);
  });
  if (options.json) ui.json(memoryDocument(view));
  else printMemory(ui, view, options.ingests);
  if (view.verified.problems.length > 0) process.exitCode = EXIT.checksFailed;
}
