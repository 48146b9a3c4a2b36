import { Argument, type Command } from "commander";
import { withMemory } from "../ask-memory.ts";
import { EXIT } from "../errors.ts";
import { numberOf } from "../candle-options.ts";
import { printMemory } from "../memory-table.ts";
import { memoryDocument, viewOf } from "../memory-view.ts";
import { openMemoryFolder } from "../../lib/adapters/sqlite/open-memory.ts";
import { addIndexOption, indexAddress, type IndexOption } from "../index-options.ts";
import { indexDocument, printIndex } from "../index-table.ts";
import { isAmiss, lookAtIndex, mirroredBy } from "../index-view.ts";
import { interruptSignal } from "../interrupt.ts";
import { mirror, mirroredLines } from "../mirror.ts";
import { RhymeError } from "../../lib/errors.ts";
import { createUi, type Ui } from "../ui.ts";
import { verifyWithProgress } from "../verify-memory.ts";

const EXAMPLES = `Examples:
  ./rhyme memory --memory ./memory               what is inside, and a quick look whether it is whole
  ./rhyme memory --memory ./memory --verify      every row, and embeddings made again from the candles
  ./rhyme memory --memory ./memory --json | jq .holdings
  ./rhyme memory digest --memory ./memory        one hash of all that it holds: equal for equal contents; its answers beside it
  ./rhyme memory --memory ./memory --index weaviate://127.0.0.1:8585 --verify     the index, too, both ways
`;

const NOTES = `
The quick look reads the file's structure, names, counts, records, answers and the encoders' files. --verify also
holds every candle, pattern and context against its digest, and embeds three moments of each series again. With
--index it says how the index stands beside the memory; --verify then compares every id, vector and context, both ways.
What is behind, ./rhyme remember brings up; what is damaged, --rebuild-index.
Exit: 0 whole, 1 something is wrong, and it is named.`;

interface MemoryOptions extends IndexOption {
  readonly memory: string;
  readonly verify?: boolean;
  readonly rebuildIndex?: boolean;
  readonly ingests: number;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** `./rhyme memory`: what is inside, and whether it is whole. */
export function addMemory(program: Command): void {
  const command = program
    .command("memory")
    .summary("what a memory holds, and whether it is whole")
    .description("Prints what a memory holds and verifies it.")
    .addArgument(
      new Argument("[what]", "one hash of all candles, moments, outcomes, encoders and records").choices([
        "digest",
      ]),
    )
    .requiredOption("--memory <folder>", "the memory")
    .option("--verify", "look at every row, not only at the whole")
    .option("--ingests <count>", "how many entries of the ingest log to show", numberOf("--ingests"), 5);
  addIndexOption(command, "also whether this index has all of it: weaviate://HOST:PORT")
    .option("--rebuild-index", "empty that index and fill it again from the memory")
    .option("--json", "one JSON document on stdout, all else on stderr")
    .option("--quiet", "no progress")
    .addHelpText("before", EXAMPLES)
    .addHelpText("after", NOTES)
    .action(run);
}

async function run(what: string | undefined, options: MemoryOptions): Promise<void> {
  const ui = createUi(options);
  if (what === "digest") return printDigest(ui, options);
  const address = indexAddress(options);
  if (options.rebuildIndex) await rebuildIndex(options.memory, address, ui);
  const tools = { ui, signal: interruptSignal() };
  const { view, index } = await withMemory(options.memory, async (folder) => {
    const full = options.verify === true;
    const verified = await verifyWithProgress(folder, full, ui);
    return {
      view: viewOf(folder, options.memory, verified),
      index: address === null ? null : await lookAtIndex(folder, address, full, tools),
    };
  });
  if (options.json)
    ui.json(index ? { ...memoryDocument(view), index: indexDocument(index) } : memoryDocument(view));
  else {
    printMemory(ui, view, options.ingests);
    if (index) printIndex(ui, index);
  }
  if (view.verified.problems.length > 0 || (index && isAmiss(index))) process.exitCode = EXIT.checksFailed;
}

/**
 * Two memories with equal digests hold the same, however it came in. What was answered is no part of `all`: it is as
 * much as somebody asked.
 */
async function printDigest(ui: Ui, { memory, json }: MemoryOptions): Promise<void> {
  const digest = await withMemory(memory, async (folder) => ({
    ...folder.digest(),
    answers: folder.answers.digest(),
  }));
  if (json) return ui.json({ schema: "rhyme.digest/1", memory, ...digest });
  for (const [part, hash] of Object.entries(digest)) ui.out(`${hash}  ${part}`);
}

/** Of every tenant and encoder version. The memory is held for writing, so that nobody changes it meanwhile. */
async function rebuildIndex(memory: string, address: string | null, ui: Ui): Promise<void> {
  if (address === null)
    throw new RhymeError("usage", {
      ...{ place: "--rebuild-index", expected: "--index with the address of a server", received: "none" },
      remedy: "Say which index, as in --index weaviate://127.0.0.1:8585.",
    });
  const folder = openMemoryFolder(memory, { mode: "write" });
  try {
    const tools = { ui, signal: interruptSignal(), anew: true };
    const done = await mirror(folder, address, mirroredBy(folder), tools);
    for (const line of mirroredLines(done)) ui.note(line);
  } finally {
    folder.close();
  }
}
