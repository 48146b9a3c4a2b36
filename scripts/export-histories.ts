/**
 * Runs every workflow to every way it can end on a real server and writes what the server remembers of it into
 * workflows/NAME/histories, where workflows/replay.test.ts runs today's code against it.
 *
 *     RHYME_TEMPORAL=… node --conditions=lab-source scripts/export-histories.ts [--only backfill,label]
 *
 * Activities follow a script and compute nothing. Names of the machine are taken out. Only for a workflow that is new, or
 * whose old runs are all through: workflows/README.md says when.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import { pino } from "pino";
import { startNative } from "../src/cli/services/native-server.ts";
import { freePortBlock } from "../src/cli/services/ports.ts";
import { isReadyTemporal } from "../src/cli/services/start-temporal.ts";
import { temporalArguments, temporalPorts } from "../src/cli/services/temporal-settings.ts";
import { temporaryFolder } from "../src/lib/testing/temporary-folder.ts";
import { backfillFrom } from "../workflows/backfill/plan.ts";
import { begin, connectTemporal, tell, type TemporalClient } from "../workflows/client.ts";
import { ingestFrom } from "../workflows/ingest/plan.ts";
import { labelFrom } from "../workflows/label/plan.ts";
import { liveFrom } from "../workflows/live/plan.ts";
import { reembedFrom } from "../workflows/reembed/plan.ts";
import { historyFile, WORKFLOWS, type RunEnding } from "../workflows/testing/histories.ts";
import { scriptedActivities, type Script } from "../workflows/testing/scripted-activities.ts";
import { installRuntime, runWorkers } from "../workflows/worker.ts";

const { values: args } = parseArgs({ options: { only: { type: "string" } } });
const only = args.only?.split(",");
const binary = process.env["RHYME_TEMPORAL"];
if (!binary) throw new Error("RHYME_TEMPORAL is not set: the server's binary");

/** Histories are kept short: so long may one be before its workflow is to go on in another run. */
const SUGGESTED = 60;

interface Case {
  /** The type whose history is kept. */
  readonly type: string;
  readonly ending: RunEnding;
  /** The workflow that is begun: that one, or its parent. */
  readonly begins: string;
  readonly args: readonly unknown[];
  readonly id: string;
  /** Of the history that is kept. */
  readonly kept: string;
  readonly script: Script;
}

const held = { paused: false, window: 2 };
const ENDINGS: readonly RunEnding[] = ["finished", "failed", "continued", "cancelled"];

/** By type: what it is begun with, what fails or waits in it, and how many series make its history long; 0: nothing does. */
const TYPES: Readonly<
  Record<string, { args: (job: string) => readonly unknown[]; fails: string; waits: string; long: number }>
> = {
  backfill: {
    args: (job) => [backfillFrom(ref(job)), held],
    fails: "openJob",
    waits: "growRecord",
    long: 10,
  },
  backfillSeries: { args: (job) => [backfillFrom(ref(job)), held], fails: "encodeChunk", waits: "commitChunk", long: 8 }, // prettier-ignore
  ingest: { args: (job) => [ingestFrom(ref(job)), held], fails: "endJob", waits: "ingestSeries", long: 16 },
  label: { args: () => [labelFrom({ memory: MEMORY, tenant: "default", encoder: null }), held], fails: "labelTargets", waits: "labelDue", long: 12 }, // prettier-ignore
  train: { args: (job) => [ref(job), held], fails: "fitEncoder", waits: "fitEncoder", long: 0 },
  reembed: {
    args: (job) => [reembedFrom(ref(job)), held],
    fails: "gateVersion",
    waits: "embedVersion",
    long: 12,
  },
  audit: { args: (job) => [ref(job), held], fails: "auditPart", waits: "auditPart", long: 0 },
  scheduled: { args: () => [{ kind: "audit", memory: MEMORY, tenant: "default" }], fails: "dueJob", waits: "dueJob", long: 0 }, // prettier-ignore
  live: { args: (job) => [liveFrom({ ...ref(job), series: 0 })], fails: "look", waits: "answer", long: 1 },
};

const MEMORY = "/memory";

function ref(job: string): { readonly memory: string; readonly job: string } {
  return { memory: MEMORY, job };
}

function cases(): readonly Case[] {
  return Object.entries(TYPES).flatMap(([type, { args: argsOf, fails, waits, long }]) =>
    ENDINGS.filter((ending) => ending !== "continued" || long > 0).map((ending): Case => {
      const begins = type === "backfillSeries" ? "backfill" : type;
      const job = `${type}-${ending}`;
      const id = type === "live" ? `live/default/file/${job}/5m` : `${begins}/${job}`;
      const script = {
        many: ending === "continued" ? long : 2,
        fails: ending === "failed" ? fails : null,
        waits: ending === "cancelled" ? waits : null,
      };
      const kept = type === "backfillSeries" ? `${id}/S0/5m` : id;
      return { type, ending, begins, args: argsOf(job), id, kept, script };
    }),
  );
}

/** The script of a workflow, or of its parent's: ids name the case. */
function scriptOf(all: readonly Case[]): (workflowId: string) => Script {
  return (workflowId) => {
    const found = all.find(({ id }) => workflowId === id || workflowId.startsWith(`${id}/`))!;
    // What is many are the series, or the segments of one: not both.
    const itself = workflowId === found.kept || found.type !== "backfillSeries";
    const child = workflowId !== found.id && found.type === "backfill";
    return itself && !child ? found.script : { ...found.script, many: 1 };
  };
}

async function bringToItsEnd(temporal: TemporalClient, one: Case): Promise<void> {
  await begin(temporal, { type: one.begins, id: one.id, args: one.args, summary: one.ending });
  const handle = temporal.client.workflow.getHandle(one.id);
  if (one.type === "live" && one.ending === "finished") await handle.signal("end");
  if (one.ending === "cancelled") {
    await untilWaiting(temporal, one);
    if (["live", "scheduled"].includes(one.type)) await handle.cancel();
    else await tell(temporal, one.id, "cancel");
  }
  if (one.type === "live" && one.ending === "continued") {
    const first = (await handle.describe()).runId;
    while ((await handle.describe()).runId === first) await pause(200);
    await handle.cancel();
  }
  await handle.result().catch(() => undefined);
  // A parent that is cancelled does not wait for its children.
  if (one.kept !== one.id)
    await temporal.client.workflow
      .getHandle(one.kept)
      .result()
      .catch(() => undefined);
}

/** Until the activity that waits has begun. */
async function untilWaiting(temporal: TemporalClient, { kept, script }: Case): Promise<void> {
  for (;;) {
    const seen = await temporal.client.workflow
      .getHandle(kept)
      .describe()
      .catch(() => null);
    const pending = seen?.raw.pendingActivities ?? [];
    if (
      pending.some(
        ({ activityType, lastStartedTime }) => lastStartedTime && activityType?.name === script.waits,
      )
    )
      return;
    await pause(100);
  }
}

async function historyOf(temporal: TemporalClient, { kept, ending }: Case): Promise<string> {
  const runs: { runId: string; startTime: Date }[] = [];
  for (;;) {
    for await (const { runId, startTime } of temporal.client.workflow.list({
      query: `WorkflowId = "${kept}"`,
    }))
      runs.push({ runId, startTime });
    if (runs.length >= (ending === "continued" ? 2 : 1)) break;
    runs.length = 0; // what is listed lags behind
    await pause(200);
  }
  const first = runs.sort((a, b) => a.startTime.getTime() - b.startTime.getTime())[0]!;
  const run = ["--workflow-id", kept, "--run-id", first.runId];
  const server = ["--address", `127.0.0.1:${ports.grpc}`, "--namespace", temporal.namespace];
  const how = ["--output", "json", "--no-json-shorthand-payloads"];
  return execFileSync(binary!, ["workflow", "show", ...run, ...server, ...how], { encoding: "utf8" });
}

const KINDS: Readonly<Record<RunEnding, string>> = {
  finished: "EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED",
  failed: "EVENT_TYPE_WORKFLOW_EXECUTION_FAILED",
  continued: "EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW",
  cancelled: "EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED",
};

function write({ type, ending }: Case, json: string): void {
  const clean = json
    .replace(/"identity":\s*"[^"]*"/g, `"identity":"somebody@somewhere"`)
    .replace(/"stackTrace":\s*"(?:[^"\\]|\\.)*"/g, `"stackTrace":""`);
  const { events } = JSON.parse(clean) as { events: { eventType: string }[] };
  const last = events.at(-1)!.eventType;
  if (last !== KINDS[ending]) throw new Error(`${type} was to be ${ending}, and ended as ${last}`);
  const file = path.join(WORKFLOWS, historyFile(type, ending));
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(JSON.parse(clean))}\n`);
  process.stdout.write(`${file}: ${events.length} events\n`);
}

const at = temporaryFolder();
const ports = temporalPorts((await freePortBlock()).rest);
const suggest = ["--dynamic-config-value", `limit.historyCount.suggestContinueAsNew=${SUGGESTED}`];
const server = await startNative({
  ...{ name: "temporal", binary, env: {}, dataPath: at.path, log: `${at.path}.log` },
  args: [...temporalArguments(ports, path.join(at.path, "temporal.db")), ...suggest],
  ready: () => isReadyTemporal(ports),
  check: async () => {},
  errorIn: () => null,
});
const address = `temporal://127.0.0.1:${ports.grpc}`;
const stop = new AbortController();
try {
  const temporal = await connectTemporal(address);
  const log = pino({ level: "error" });
  installRuntime(log, null);
  const wanted = cases().filter(({ type }) => only === undefined || only.includes(type));
  const activities = scriptedActivities(scriptOf(wanted));
  let working: Promise<void> | undefined;
  await new Promise<void>((resolve, reject) => {
    working = runWorkers({
      ...{ address, queues: ["cpu", "gpu"], threads: 1, graceMs: 0, log, signal: stop.signal },
      activities: () => activities,
      onReady: () => resolve(),
    });
    working.catch(reject);
  });
  await Promise.all(
    wanted.map(async (one) => {
      await bringToItsEnd(temporal, one);
      write(one, await historyOf(temporal, one));
    }),
  );
  stop.abort();
  await working;
  await temporal.close();
} finally {
  stop.abort();
  await server.kill();
  at.remove();
}
