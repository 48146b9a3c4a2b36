import type { Command } from "commander";
import { connectTemporal, tell, type TemporalClient } from "../../../workflows/client.ts";
import { MAX_WINDOW, type MESSAGES } from "../../../workflows/messages.ts";
import { runningWorkflows } from "../../../workflows/running-workflows.ts";
import { numberOf } from "../candle-options.ts";
import { interruptSignal } from "../interrupt.ts";
import { addServerOption, serverAddress, type ServerOption } from "../server-option.ts";
import { createUi, type Ui } from "../ui.ts";
import { followWorkflow } from "../follow-workflow.ts";

const EXAMPLES = `Examples:
  ./rhyme watch                                       what runs
  ./rhyme watch backfill/0123456789abcdef             how far it is, until it ends; Ctrl-C leaves it running
  ./rhyme watch backfill/0123456789abcdef --pause     begin nothing new; --resume goes on
  ./rhyme watch backfill/0123456789abcdef --window 8  so many series at once
  ./rhyme watch backfill/0123456789abcdef --cancel    end it; the same ./rhyme start goes on later
`;

const NOTES = `
Exit: 0 ok, 1 it ended, and series were given up, 2 bad usage, or it failed, 130 left.`;

interface WatchCommandOptions extends ServerOption {
  readonly pause?: boolean;
  readonly resume?: boolean;
  readonly window?: number;
  readonly cancel?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** `./rhyme watch [ID]`: how far a workflow is, and what it can be told. */
export function addWatch(program: Command): void {
  const command = program
    .command("watch")
    .summary("how far a workflow is; pause, resume, resize or cancel it")
    .description("Shows a workflow until it ends, or tells it something.")
    .argument("[id]", "its id, as ./rhyme start says it (default: list those that run)")
    .option("--pause", "begin nothing new")
    .option("--resume", "go on")
    .option("--window <count>", `work on so many series at once, 1 to ${MAX_WINDOW}`, numberOf("--window", 1))
    .option("--cancel", "end what runs and begin nothing more")
    .option("--json", "one JSON document on stdout, all else on stderr")
    .option("--quiet", "no remarks, no progress");
  addServerOption(command).addHelpText("before", EXAMPLES).addHelpText("after", NOTES).action(run);
}

async function run(id: string | undefined, options: WatchCommandOptions): Promise<void> {
  const ui = createUi(options);
  const temporal = await connectTemporal(serverAddress(options));
  try {
    if (id === undefined) await list(temporal, ui, options.json === true);
    else if (!(await told(temporal, id, options, ui)))
      await followWorkflow(temporal, id, { ui, signal: interruptSignal(), json: options.json === true });
  } finally {
    await temporal.close();
  }
}

async function list(temporal: TemporalClient, ui: Ui, json: boolean): Promise<void> {
  const running = await runningWorkflows(temporal);
  if (json) return ui.json({ schema: "rhyme.watch.list/1", running });
  if (running.length === 0) return ui.out("nothing runs");
  ui.table([
    ["workflow", "type", "symbol", "encoder", "since"],
    ...running.map(({ id, type, symbol, encoder, since }) => [
      id,
      type,
      symbol,
      encoder,
      since.slice(0, 19) + "Z",
    ]),
  ]);
}

/** False where there is nothing to be told. */
async function told(
  temporal: TemporalClient,
  id: string,
  { pause, resume, window, cancel, json }: WatchCommandOptions,
  ui: Ui,
): Promise<boolean> {
  const messages: readonly [keyof typeof MESSAGES & ("pause" | "resume" | "resize" | "cancel"), boolean][] = [
    ["pause", pause === true],
    ["resume", resume === true],
    ["resize", window !== undefined],
    ["cancel", cancel === true],
  ];
  const said = messages.flatMap(([message, wanted]) => (wanted ? [message] : []));
  for (const message of said) {
    const held = await (message === "resize"
      ? tell(temporal, id, message, window!)
      : tell(temporal, id, message));
    if (json) ui.json({ schema: "rhyme.watch.told/1", workflow: id, told: message, ...held });
    else ui.out(`${id}: ${DONE[message]}${message === "resize" ? ` ${window}` : ""}`);
  }
  return said.length > 0;
}

const DONE = {
  pause: "paused; what runs ends, nothing new begins",
  resume: "goes on",
  resize: "series at once:",
  cancel: "is being cancelled",
} as const;
