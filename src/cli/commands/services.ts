import { InvalidArgumentError, type Command } from "commander";
import { confirm } from "../confirm.ts";
import { EXIT } from "../errors.ts";
import { beginsAnew, interruptSignal } from "../interrupt.ts";
import { BLOCK } from "../services/ports.ts";
import { printLog } from "../services/print-log.ts";
import type { Service } from "../services/service.ts";
import { servicePlaces } from "../services/service-state.ts";
import { statusOf, type ServiceStatus } from "../services/service-status.ts";
import { serviceNamed, SERVICES } from "../services/services.ts";
import { down, up, wipe } from "../services/supervisor.ts";
import { createUi, formatBytes, type Ui } from "../ui.ts";

const EXAMPLES = `Examples:
  ./rhyme services up weaviate                 build it once, start it on this machine, wait until it is ready
  ./rhyme services up temporal                 the same for the server that keeps workflows
  ./rhyme services up weaviate --port 9585     all its ports in the block of ${BLOCK} that begins there
  ./rhyme services status                      what runs, where, since when
  ./rhyme services logs weaviate --follow
  ./rhyme services down weaviate               end it; its data stay
  ./rhyme services wipe weaviate               end it and remove its data and keys; asks first
`;

const NOTES = `
Data, log and keys lie in the cache folder (~/.cache/rhyme/services/NAME, or under XDG_CACHE_HOME); keys in a file
that only you may read. Weaviate holds nothing that a memory folder does not, and Temporal how far workflows have
come: wiping either loses no memory, and the same ./rhyme start goes on from what the memory holds.
Exit: 0 ok, 1 status found a server that crashed or is silent, 2 bad usage or it could not be started.`;

interface Options {
  readonly port?: number;
  readonly lines?: number;
  readonly follow?: boolean;
  readonly yes?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** `./rhyme services up | status | logs | down | wipe`: servers on this machine, without containers. */
export function addServices(program: Command): void {
  const command = program
    .command("services")
    .summary("the servers of this machine: start, look, end, remove")
    .description(
      "Builds, starts, watches and ends the servers that a memory can be mirrored to and workflows run on.",
    )
    .addHelpText("before", EXAMPLES)
    .addHelpText("after", NOTES);
  sub(command, "up <service>", "build it where it is not, start it, wait until it is ready", runUp).option(
    "--port <base>",
    `first of its ports (default: where it was, else ${SERVICES.map(baseOf).join(", ")})`,
    port,
  );
  sub(command, "status [service]", "what runs, where, since when", runStatus);
  sub(command, "logs <service>", "what it said", runLogs)
    .option("--lines <count>", "how many of the last lines", count, 50)
    .option("--follow", "go on as it says more, until Ctrl-C");
  sub(command, "down <service>", "end it and wait until it is gone; its data stay", runDown);
  sub(command, "wipe <service>", "end it and remove its data, log and keys", runWipe).option(
    "--yes",
    "do not ask; needed where there is no terminal",
  );
}

function baseOf({ name, defaultBase }: Service): string {
  return `${defaultBase} for ${name}`;
}

type Run = (name: string, options: Options) => void | Promise<void>;

function sub(command: Command, name: string, summary: string, run: Run): Command {
  return command
    .command(name)
    .summary(summary)
    .description(summary)
    .option("--json", "one JSON document on stdout, all else on stderr")
    .option("--quiet", "no remarks, no progress")
    .addHelpText("before", EXAMPLES)
    .action(run);
}

function port(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1024 || value > 65_536 - BLOCK)
    throw new InvalidArgumentError(`Give 1024 to ${65_536 - BLOCK}.`);
  return value;
}

function count(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) throw new InvalidArgumentError("Give a whole number.");
  return value;
}

async function runUp(name: string, options: Options): Promise<void> {
  const [ui, service] = [createUi(options), serviceNamed(name)];
  beginsAnew();
  const { state, started } = await up(service, options.port ?? null, { ui, signal: interruptSignal() });
  for (const remark of service.remarks(state.ports)) ui.note(remark);
  const status = await statusOf(service);
  if (options.json) return ui.json({ schema: "rhyme.services.up/1", started, ...status });
  ui.out(`${name} ${status.version} ${started ? "is ready" : "runs already"}: ${status.address}`);
  ui.out(`data: ${status.data}`);
}

async function runStatus(name: string | undefined, options: Options): Promise<void> {
  const ui = createUi(options);
  const services = name === undefined ? SERVICES : [serviceNamed(name)];
  const found = await Promise.all(services.map((service) => statusOf(service)));
  if (options.json) ui.json({ schema: "rhyme.services/1", services: found });
  else printStatus(found, ui);
  if (found.some(({ condition }) => condition === "crashed" || condition === "silent"))
    process.exitCode = EXIT.checksFailed;
}

const WORDS: Readonly<Record<ServiceStatus["condition"], string>> = {
  running: "running",
  silent: "silent: it runs, but does not answer (yet)",
  crashed: "crashed: it ended, and nobody had ended it",
  stopped: "stopped",
  none: "not here; up starts it",
};

function printStatus(found: readonly ServiceStatus[], ui: Ui): void {
  ui.table([
    ["service", "version", "is", "address", "pid", "since", "data"],
    ...found.map(({ service, version, condition, address, pid, startedAt, bytes }) => {
      const since = startedAt === null ? null : `${startedAt.slice(0, 19)}Z`;
      return [service, version, WORDS[condition], address, pid, since, formatBytes(bytes)];
    }),
  ]);
  for (const { service, condition, data, log } of found) {
    if (condition !== "none") ui.note(`${service}: data ${data}`);
    if (condition === "crashed" || condition === "silent") ui.note(`${service}: its log is ${log}`);
  }
}

async function runLogs(name: string, { lines = 50, follow = false, ...options }: Options): Promise<void> {
  const { log } = servicePlaces(serviceNamed(name).name);
  const ui = createUi(options);
  await printLog(log, { lines, follow, json: options.json === true, ui });
}

async function runDown(name: string, options: Options): Promise<void> {
  const [ui, service] = [createUi(options), serviceNamed(name)];
  const ended = await down(service, { ui, signal: interruptSignal() });
  if (options.json) return ui.json({ schema: "rhyme.services.down/1", service: name, ended });
  ui.out(ended ? `${name} has ended` : `${name} does not run`);
}

async function runWipe(name: string, { yes = false, ...options }: Options): Promise<void> {
  const [ui, service] = [createUi(options), serviceNamed(name)];
  const signal = interruptSignal();
  ui.note(await preview(service));
  await confirm(name, yes, signal, process, "wipe");
  await wipe(service, { ui, signal });
  if (options.json) return ui.json({ schema: "rhyme.services.wipe/1", service: name, wiped: true });
  ui.out(`${name} is wiped`);
}

async function preview(service: Service): Promise<string> {
  const { folder } = servicePlaces(service.name);
  const { condition, bytes } = await statusOf(service).catch(() => ({ condition: "damaged", bytes: 0 }));
  const running = condition === "running" || condition === "silent" ? "ends it and " : "";
  return `this ${running}removes ${folder}: its data (${formatBytes(bytes)}), its log and its keys`;
}
