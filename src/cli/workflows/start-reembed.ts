import type { Command } from "commander";
import { keepJob } from "../../../workflows/job-folder.ts";
import type { ReembedJob } from "../../../workflows/job.ts";
import { reembedLocally } from "../../../workflows/local-jobs.ts";
import { reembedId } from "../../../workflows/queues.ts";
import type { ReembedResult } from "../../../workflows/reembed/activities.ts";
import { reembedFrom } from "../../../workflows/reembed/plan.ts";
import { existsSync } from "node:fs";
import path from "node:path";
import { withMemory } from "../../lib/adapters/folder/with-memory.ts";
import { RhymeError } from "../../lib/errors.ts";
import { numberOf } from "../candle-options.ts";
import { addIndexOption, indexAddress, type IndexOption } from "../index-options.ts";
import { loadedCalendars } from "../load-calendars.ts";
import { addServerOption } from "../server-option.ts";
import { createUi, type Ui } from "../ui.ts";
import { runJob, type RunOptions } from "./run-job.ts";

const EXAMPLES = `Examples:
  ./rhyme start reembed --memory ./memory --encoder sage64_0123456789abcdef
  ./rhyme start reembed --local --memory ./memory --encoder ./artefacts/sage-crypto --index weaviate://127.0.0.1:8585
  ./rhyme start reembed --local --memory ./memory --rollback
`;

const NOTES = `
Embeds every series beside the version that is read, asks its past, judges it, and lets the channel read it; until then
everybody reads the old one. With --index the server is filled and judged as well, as ./rhyme weaviate reembed does.
Exit: 0 switched, 1 the gate did not open, 2 bad usage or input.`;

interface ReembedOptions extends RunOptions, IndexOption {
  readonly tenant: string;
  readonly channel: string;
  readonly encoder?: string;
  readonly rollback?: boolean;
  readonly questions: number;
}

/** `./rhyme start reembed`: another encoder version beside the old one, a gate, one row switched. */
export function addStartReembed(start: Command): void {
  const command = start
    .command("reembed")
    .summary("another encoder version without a pause: embed, judge, switch; or go back")
    .description("Lets a channel of a memory read another encoder version.")
    .requiredOption("--memory <folder>", "the memory")
    .option("--encoder <version|folder>", "a version of the memory, or the folder of an artefact")
    .option("--rollback", "read the version before again")
    .option("--tenant <name>", "whose", "default")
    .option("--channel <name>", "which of its channels", "default")
    .option(
      "--questions <count>",
      "about how many the gate asks of the index",
      numberOf("--questions", 1),
      200,
    )
    .option("--local", "in this process, without a server")
    .option("--threads <count>", "threads that compute, with --local", numberOf("--threads", 1));
  addIndexOption(command, "a server that mirrors the memory: weaviate://HOST:PORT");
  addServerOption(command)
    .option("--detach", "say its id and leave")
    .option("--json", "one JSON document on stdout, all else on stderr")
    .option("--quiet", "no remarks, no progress")
    .addHelpText("before", EXAMPLES)
    .addHelpText("after", NOTES)
    .action(startReembed);
}

async function startReembed(options: ReembedOptions): Promise<void> {
  const ui = createUi(options);
  const { memory, tenant, channel, questions, rollback = false } = options;
  const index = indexAddress(options);
  if ((options.encoder === undefined) !== rollback) throw oneOf(rollback);
  await withMemory(memory, () => {}); // one that is not there is not begun
  const goal = rollback ? "rollback" : "switch";
  const encoder = options.encoder ?? "";
  const ref = keepJob<ReembedJob>(
    memory,
    {
      ...{ kind: "reembed", tenant, given: {}, calendars: loadedCalendars() },
      ...{ goal, channel, index, questions },
      encoder: existsSync(encoder) ? path.resolve(encoder) : encoder,
    },
    Date.now(),
  );
  await runJob(
    {
      ...{ type: "reembed", id: reembedId(ref.job), ref, from: reembedFrom(ref), index },
      ...{ schema: "rhyme.reembed/1", summary: `${goal} of channel ${channel}, tenant ${tenant}` },
      locally: (run) => reembedLocally(ref, run),
      print: (result) => printReembedded(ui, result, options),
      failed: ({ switched }) => !switched,
    },
    options,
    ui,
  );
}

function printReembedded(
  ui: Ui,
  { from, to, switched, gate, alias }: ReembedResult,
  { channel, tenant }: ReembedOptions,
): void {
  if (gate) ui.out(`the gate: ${gate.checks - gate.failed.length} of ${gate.checks} checks passed`);
  for (const failed of gate?.failed ?? []) ui.out(`FAILED  ${failed}`);
  ui.out(
    switched
      ? `channel ${channel} of tenant ${tenant} reads ${to}`
      : `channel ${channel} of tenant ${tenant} still reads ${from ?? "nothing"}: the gate did not open`,
  );
  if (alias !== null) ui.out(`the alias leads to ${alias}`);
}

function oneOf(both: boolean): RhymeError {
  return new RhymeError("usage", {
    place: "--encoder, --rollback",
    expected: "one of the two",
    received: both ? "both" : "neither",
    remedy: "Name the version that shall be read, or go back to the one before.",
  });
}
