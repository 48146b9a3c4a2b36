import { ScheduleNotFoundError } from "@temporalio/client";
import type { Command } from "commander";
import path from "node:path";
import { connectTemporal, type TemporalClient } from "../../../workflows/client.ts";
import { applySchedules, listSchedules } from "../../../workflows/schedules/apply-schedules.ts";
import { schedulesOf, type ScheduledWork } from "../../../workflows/schedules/schedule-table.ts";
import { RhymeError } from "../../lib/errors.ts";
import { checkTenant } from "../../lib/memory/names.ts";
import { addIndexOption, indexAddress, type IndexOption } from "../index-options.ts";
import { addServerOption, serverAddress, type ServerOption } from "../server-option.ts";
import { createUi, type Ui } from "../ui.ts";

const EXAMPLES = `Examples:
  ./rhyme schedule apply --memory ./memory                   label, live, train and audit; again: as they should be
  ./rhyme schedule list
  ./rhyme schedule run audit/default/1a2b3c4d                now, whatever the clock says
  ./rhyme schedule pause train/default/1a2b3c4d              --resume takes it up again, --delete removes it
`;

const NOTES = `
label: outcomes that have matured, every 15 minutes. live: every 5 minutes, series of ./rhyme start live that are not
followed any more are, and all look for candles. train: the encoder that is read, fitted again on the first 80 % of a
longer history, on Sundays at 02:00 UTC; ./rhyme weaviate versions and start reembed put it to use. audit: every night at
03:30 UTC, also of the --index. What was missed while no server ran is made up for only shortly after: --verbose says how shortly, and why.
Exit: 0 ok, 2 bad usage or no server.`;

interface ScheduleOptions extends ServerOption, IndexOption {
  readonly memory: string;
  readonly tenant: string;
  readonly verbose?: boolean;
  readonly resume?: boolean;
  readonly delete?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** `./rhyme schedule apply | list | pause | run`. */
export function addSchedule(program: Command): void {
  const schedule = program
    .command("schedule")
    .summary("what workflows begin by the clock: apply, list, pause, run")
    .description("Makes, shows, pauses and runs the schedules of a memory.")
    .addHelpText("before", EXAMPLES)
    .addHelpText("after", NOTES);
  const apply = sub(schedule, "apply", "make the schedules of a memory, or bring them up to date", runApply)
    .requiredOption("--memory <folder>", "whose work it is; all workers reach it by this path")
    .option("--tenant <name>", "of whom", "default")
    .option("--verbose", "say of each what it does when it is late, and why");
  addIndexOption(apply, "an index that the audit looks at, too: weaviate://HOST:PORT, as workers reach it");
  sub(schedule, "list", "what there is, when it runs next, and why it is as it is", runList);
  sub(schedule, "pause <id>", "let it begin nothing until it is resumed", runPause)
    .option("--resume", "take it up again")
    .option("--delete", "remove it; what it began goes on");
  sub(schedule, "run <id>", "begin its work now", runNow);
}

function sub(
  command: Command,
  name: string,
  summary: string,
  run: (temporal: TemporalClient, ui: Ui, options: ScheduleOptions, id: string) => Promise<void>,
): Command {
  const added = command.command(name).summary(summary).description(summary);
  addServerOption(added)
    .option("--json", "one JSON document on stdout, all else on stderr")
    .option("--quiet", "no remarks")
    .addHelpText("before", EXAMPLES)
    .action(async (...given: readonly unknown[]) => {
      const [id, options] = name.includes("<id>")
        ? [given[0] as string, given[1] as ScheduleOptions]
        : ["", given[0] as ScheduleOptions];
      const temporal = await connectTemporal(serverAddress(options));
      try {
        await run(temporal, createUi(options), options, id);
      } catch (error) {
        throw error instanceof ScheduleNotFoundError ? unknown(id) : error;
      } finally {
        await temporal.close();
      }
    });
  return added;
}

async function runApply(temporal: TemporalClient, ui: Ui, options: ScheduleOptions): Promise<void> {
  const { tenant, verbose, json } = options;
  checkTenant(tenant);
  const of = { memory: path.resolve(options.memory), tenant, index: indexAddress(options) };
  const applied = await applySchedules(temporal, of);
  if (json) return ui.json({ schema: "rhyme.schedule.apply/1", ...of, schedules: applied });
  const table = schedulesOf(of);
  ui.table([
    ["schedule", "when", "made"],
    ...table.map((work, i) => [
      work.id,
      whenOf(work),
      applied[i]!.created ? "now" : "before; as it should be",
    ]),
  ]);
  if (verbose) for (const work of table) ui.out(`${work.id}: ${policyOf(work)}: ${work.why}`);
}

function whenOf({ when }: ScheduledWork): string {
  if ("everyMinutes" in when) return `every ${when.everyMinutes} minutes`;
  const at = `${String(when.hour).padStart(2, "0")}:${String(when.minute).padStart(2, "0")} UTC`;
  return `${when.weekday === undefined ? "every night" : "Sundays"} at ${at}`;
}

function policyOf({ overlap, catchupMinutes }: ScheduledWork): string {
  const late = `made up for within ${catchupMinutes} minutes`;
  return `${overlap === "SKIP" ? "left out while the one before runs" : "one waits for the one before"}, ${late}`;
}

async function runList(temporal: TemporalClient, ui: Ui, { json }: ScheduleOptions): Promise<void> {
  const schedules = await listSchedules(temporal);
  if (json) return ui.json({ schema: "rhyme.schedule.list/1", schedules });
  if (schedules.length === 0) return ui.out("no schedules; ./rhyme schedule apply makes some");
  const short = (time: string | null): string | null => (time === null ? null : `${time.slice(0, 16)}Z`);
  ui.table([
    ["schedule", "is", "next", "last"],
    ...schedules.map(({ id, paused, next, last }) => [
      id,
      paused ? "paused" : "on",
      short(next),
      short(last),
    ]),
  ]);
  for (const { id, note } of schedules) ui.note(`${id}: ${note}`);
}

async function runPause(
  { client }: TemporalClient,
  ui: Ui,
  options: ScheduleOptions,
  id: string,
): Promise<void> {
  const handle = client.schedule.getHandle(id);
  const did = options.delete ? "deleted" : options.resume ? "resumed" : "paused";
  if (did === "deleted") await handle.delete();
  else await handle[did === "resumed" ? "unpause" : "pause"](`${did} by ./rhyme schedule`);
  if (options.json) return ui.json({ schema: "rhyme.schedule.pause/1", id, did });
  ui.out(`${id} is ${did}`);
}

async function runNow(
  { client }: TemporalClient,
  ui: Ui,
  { json }: ScheduleOptions,
  id: string,
): Promise<void> {
  await client.schedule.getHandle(id).trigger();
  if (json) return ui.json({ schema: "rhyme.schedule.run/1", id });
  ui.out(`${id} has begun; ./rhyme watch lists what runs`);
}

function unknown(id: string): RhymeError {
  return new RhymeError("usage", {
    place: "schedule",
    expected: "a schedule that ./rhyme schedule list shows",
    received: JSON.stringify(id),
    remedy: "./rhyme schedule apply --memory M makes those of a memory.",
  });
}
