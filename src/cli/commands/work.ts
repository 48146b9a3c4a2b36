import { availableParallelism } from "node:os";
import { pathToFileURL } from "node:url";
import { Option, type Command } from "commander";
import { allActivities } from "../../../workflows/all-activities.ts";
import { encodingBackend } from "../../../workflows/encoding-backend.ts";
import { LOG_LEVELS, workerLog, type LogLevel } from "../../../workflows/observe/worker-log.ts";
import { installRuntime, runWorkers, type Queue } from "../../../workflows/worker.ts";
import { numberOf } from "../candle-options.ts";
import { goesOnWithout, interruptSignal } from "../interrupt.ts";
import { loadedCalendars } from "../load-calendars.ts";
import { takenPorts } from "../services/ports.ts";
import { addServerOption, serverAddress, type ServerOption } from "../server-option.ts";
import { createUi } from "../ui.ts";

const EXAMPLES = `Examples:
  ./rhyme work                               everything, on this machine, until Ctrl-C
  ./rhyme work --queue cpu --threads 8       reads, labels, commits; any number of them, all on the same memories
  ./rhyme work --queue gpu                   encodes, one segment at a time
  ./rhyme work --server temporal://10.0.0.7:8685 --metrics 0.0.0.0:9464
`;

const NOTES = `
Works on what ./rhyme start began, until it is stopped: what runs then gets ten seconds, and is gone on with by the next
worker. Killed, nothing is lost either. All workers reach the same memory folders by the same paths. New workflows begin
on the code of the newest checkout that has come; one that comes back takes nothing over without --current. Those that
run stay with the code that they began on: a worker of the older checkout finishes them. Logs are lines of JSON on stderr, metrics are at /metrics.
Exit: 0 stopped, 2 bad usage or no server.`;

interface WorkOptions extends ServerOption {
  readonly queue: Queue | "all";
  readonly threads: number;
  readonly metrics?: string;
  readonly logLevel: LogLevel;
  readonly current?: boolean;
  readonly notCurrent?: boolean;
}

/** `./rhyme work`: workers of this machine. */
export function addWork(program: Command): void {
  const command = program
    .command("work")
    .summary("work on what ./rhyme start began")
    .description("Runs workers of this machine until they are stopped.")
    .addOption(
      new Option("--queue <name>", "which work to take").choices(["cpu", "gpu", "all"]).default("all"),
    )
    .option(
      "--threads <count>",
      "threads that compute, beside one that writes and one that encodes",
      numberOf("--threads", 1),
      Math.max(1, availableParallelism() - 1),
    )
    .option(
      "--metrics <host:port>",
      `where Prometheus reads; off: nowhere (default: ${HOST}:${FIRST_PORT}, or the next)`,
    )
    .addOption(new Option("--log-level <level>", "what is worth a line").choices(LOG_LEVELS).default("info"))
    .option("--current", "new workflows begin on this checkout, also where a newer one has come since")
    .option("--not-current", "an older checkout that only finishes what it began");
  addServerOption(command).addHelpText("before", EXAMPLES).addHelpText("after", NOTES).action(run);
}

const HOST = "127.0.0.1";
/** The first port after those of a server that begins where it does by default. */
const FIRST_PORT = 8695;

async function run(options: WorkOptions): Promise<void> {
  const ui = createUi();
  const signal = interruptSignal();
  goesOnWithout("what it worked on is gone on with by the next worker");
  const address = serverAddress(options);
  const queues: readonly Queue[] = options.queue === "all" ? ["cpu", "gpu"] : [options.queue];
  const log = workerLog(options.logLevel);
  const metrics = await metricsAddress(options.metrics);
  installRuntime(log, metrics);
  const { backend, reason } = await encodingBackend();
  if (queues.includes("gpu")) ui.note(`encodes with ${backend}: ${reason}`);
  ui.note(`works for ${address}${metrics === null ? "" : `; metrics: http://${metrics}/metrics`}`);
  await runWorkers({
    ...{ address, queues, threads: options.threads, backend, signal, log },
    becomesCurrent: options.notCurrent ? false : options.current,
    activities: allActivities,
    compute: { calendars: loadedCalendars().map((file) => pathToFileURL(file).href) },
  });
}

/** The address that was named; else the first free port, since several workers may run on one machine. */
async function metricsAddress(named: string | undefined): Promise<string | null> {
  if (named === "off") return null;
  if (named !== undefined) return named;
  for (let port = FIRST_PORT; port < FIRST_PORT + 100; port++)
    if ((await takenPorts({ metrics: port })).length === 0) return `${HOST}:${port}`;
  return null;
}
