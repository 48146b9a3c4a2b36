import type { Command } from "commander";
import { changeText } from "../../lib/adapters/text/change-table.ts";
import { withMemory } from "../ask-memory.ts";
import { explainAnswer } from "../explain-answer.ts";
import { interruptSignal } from "../interrupt.ts";
import { createUi } from "../ui.ts";

const EXAMPLES = `Examples:
  ./rhyme explain-change 5f2c8a10-6b1e-5c3d-9a44-0d2f6c1b7e90 --memory ./memory
  ./rhyme explain-change ID --memory ./memory --known-at 2026-06-28     those you had remembered by then
  ./rhyme explain-change ID --memory ./memory --json | jq '.corrections[].difference.band80'
`;

const NOTES = `
An answer never changes: it says what was known at its moment, and asking it again gives the same bytes. This asks
what would be said with the corrections that came later, one after the other: bars with their old and new values and
the file that brought them, then what each makes of the embedding, the base forecast, the neighbours, what followed
them, and the 80% band. Only moments whose outcome was known when the answer was given take part, so that time which
has passed since changes nothing. What followed is revised by remember: run it after an import of corrected candles.

ID is the id of an answer in the log: ./rhyme ask prints it last, ./rhyme export --what answers lists them.`;

interface ExplainOptions {
  readonly memory: string;
  readonly tenant: string;
  readonly knownAt?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** `./rhyme explain-change`: what corrections made of an answer. */
export function addExplainChange(program: Command): void {
  program
    .command("explain-change")
    .summary("which correction changed an answer of the log, and how")
    .description("Says which corrections of candles became known after an answer, and what each makes of it.")
    .argument("<id>", "an answer in the log")
    .requiredOption("--memory <folder>", "the memory that gave the answer")
    .option("--known-at <time>", "only corrections remembered by then: an instant with its zone, a date, now")
    .option("--tenant <name>", "whose answer", "default")
    .option("--json", "one JSON document on stdout, all else on stderr")
    .option("--quiet", "no remarks, no progress")
    .addHelpText("before", EXAMPLES)
    .addHelpText("after", NOTES)
    .action(run);
}

async function run(id: string, options: ExplainOptions): Promise<void> {
  const ui = createUi(options);
  const { report, calendar } = await withMemory(options.memory, (folder) =>
    explainAnswer(folder, { ...options, id, ui, signal: interruptSignal() }),
  );
  if (options.json) ui.json({ schema: "rhyme.change/1", ...report });
  else ui.out(changeText(report, calendar.zone));
}
