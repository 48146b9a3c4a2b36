import path from "node:path";
import type { Command } from "commander";
import { fromFailure } from "../../../workflows/failures.ts";
import { labelFrom, type LabelResult } from "../../../workflows/label/plan.ts";
import { labelLocally } from "../../../workflows/local.ts";
import { AT_FIRST } from "../../../workflows/messages.ts";
import { labelId } from "../../../workflows/queues.ts";
import { withMemory } from "../ask-memory.ts";
import { EXIT } from "../errors.ts";
import { interruptSignal } from "../interrupt.ts";
import { loadedCalendars } from "../load-calendars.ts";
import { addServerOption, type ServerOption } from "../server-option.ts";
import { startWorkflow } from "../start-workflow.ts";
import { createUi, type Ui } from "../ui.ts";

const EXAMPLES = `Examples:
  ./rhyme start label --memory ./memory            outcomes that have matured since, by the workers of Temporal
  ./rhyme start label --local --memory ./memory    in this process
`;

const NOTES = `
Fills what followed every remembered moment, for each horizon that it is remembered with, as far as the stored candles
tell by now; each series goes on from its own newest outcome. Candles come in by ./rhyme fetch, import or remember.
Exit: 0 ok, 1 some series failed, 2 bad usage or input.`;

interface StartLabelOptions extends ServerOption {
  readonly memory: string;
  readonly tenant: string;
  readonly encoder?: string;
  readonly local?: boolean;
  readonly detach?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** `./rhyme start label`. */
export function addStartLabel(start: Command): void {
  const command = start
    .command("label")
    .summary("outcomes of remembered moments that have matured")
    .description("Fills what followed remembered moments.")
    .requiredOption("--memory <folder>", "the memory")
    .option("--tenant <name>", "whose moments", "default")
    .option("--encoder <version>", "only those of this version")
    .option("--local", "in this process, without a server");
  addServerOption(command)
    .option("--detach", "say its id and leave")
    .option("--json", "one JSON document on stdout, all else on stderr")
    .option("--quiet", "no remarks, no progress")
    .addHelpText("before", EXAMPLES)
    .addHelpText("after", NOTES)
    .action(run);
}

async function run(options: StartLabelOptions): Promise<void> {
  const ui = createUi(options);
  await withMemory(options.memory, async () => undefined); // one that is not there is refused at once
  const memory = path.resolve(options.memory);
  const { tenant, encoder = null } = options;
  if (!options.local) {
    const args = [labelFrom({ memory, tenant, encoder }), AT_FIRST];
    const begin = {
      type: "label" as const,
      id: labelId(tenant, memory),
      args,
      summary: `outcomes in ${memory}`,
    };
    return startWorkflow(begin, options, ui, { print: (result) => print(ui, result) });
  }
  const progress = ui.progress("looking for outcomes", 0);
  const result = await labelLocally({ memory, tenant, encoder }, loadedCalendars(), {
    signal: interruptSignal(),
    onProgress: ({ series }) => progress.update(series, `${series} series`),
  }).catch((error: unknown) => {
    throw fromFailure(error);
  });
  progress.done();
  if (options.json) ui.json({ schema: "rhyme.label/1", memory, tenant, ...result });
  else print(ui, result);
  if (result.failed > 0) process.exitCode = EXIT.checksFailed;
}

function print(ui: Ui, { series, labelled, revised, failures }: LabelResult): void {
  const n = (value: number): string => value.toLocaleString("en-US");
  for (const { symbol, reason } of failures) ui.note(`${symbol}: ${reason}`);
  ui.out(`${n(series)} series: ${n(labelled)} outcomes have matured, ${n(revised)} were corrected`);
}
