import type { Command } from "commander";
import type { Audited } from "../../../workflows/audit/tasks.ts";
import { keepJob } from "../../../workflows/job-folder.ts";
import type { AuditJob } from "../../../workflows/job.ts";
import { auditLocally } from "../../../workflows/local-jobs.ts";
import { auditId } from "../../../workflows/queues.ts";
import { withMemory } from "../../lib/adapters/folder/with-memory.ts";
import { DAY } from "../../lib/time/units.ts";
import { numberOf } from "../candle-options.ts";
import { addIndexOption, indexAddress, type IndexOption } from "../index-options.ts";
import { loadedCalendars } from "../load-calendars.ts";
import { addServerOption } from "../server-option.ts";
import { createUi, type Ui } from "../ui.ts";
import { runJob, type RunOptions } from "./run-job.ts";

const EXAMPLES = `Examples:
  ./rhyme start audit --local --memory ./memory
  ./rhyme start audit --memory ./memory --index weaviate://127.0.0.1:8585 --answers 500
`;

const NOTES = `
Every row and its digest, embeddings made again, what an index holds and finds; a sample of stored answers asked again
as of then, their bytes compared; how inputs and answers drift. The report is written to MEMORY/audits/DATE.json, and
DATE.alert.json beside it where something wants a look. Exit: 0 nothing is wrong, 1 something is, 2 bad usage.`;

interface AuditOptions extends RunOptions, IndexOption {
  readonly tenant: string;
  readonly quick?: boolean;
  readonly answers: number;
  readonly questions: number;
  readonly seed?: number;
}

/** `./rhyme start audit`: a look at everything that a tenant relies on. */
export function addStartAudit(start: Command): void {
  const command = start
    .command("audit")
    .summary("is the memory whole, are its answers what they were, do inputs or answers drift?")
    .description("Looks at everything that a tenant of a memory relies on.")
    .requiredOption("--memory <folder>", "the memory")
    .option("--tenant <name>", "whose", "default")
    .option("--quick", "the structure of the memory, not every row")
    .option("--answers <count>", "stored answers that are asked again", numberOf("--answers", 0), 200)
    .option("--questions <count>", "about how many are asked of the index", numberOf("--questions", 1), 200)
    .option("--seed <number>", "of the sample (default: another one every day)", numberOf("--seed", 0))
    .option("--local", "in this process, without a server")
    .option("--threads <count>", "threads that compute, with --local", numberOf("--threads", 1));
  addIndexOption(command, "a server that mirrors the memory: weaviate://HOST:PORT");
  addServerOption(command)
    .option("--detach", "say its id and leave")
    .option("--json", "one JSON document on stdout, all else on stderr")
    .option("--quiet", "no remarks, no progress")
    .addHelpText("before", EXAMPLES)
    .addHelpText("after", NOTES)
    .action(startAudit);
}

async function startAudit(options: AuditOptions): Promise<void> {
  const ui = createUi(options);
  const { memory, tenant, quick = false, answers, questions } = options;
  const [index, now] = [indexAddress(options), Date.now()];
  await withMemory(memory, () => {}); // one that is not there is not begun
  const seed = options.seed ?? Math.floor(now / DAY);
  const ref = keepJob<AuditJob>(
    memory,
    {
      ...{ kind: "audit", tenant, given: {}, calendars: loadedCalendars() },
      ...{ index, full: !quick, answers, questions, seed },
    },
    now,
  );
  await runJob(
    {
      ...{ type: "audit", id: auditId(ref.job), ref, from: ref, index },
      ...{ schema: "rhyme.audited/1", summary: `audit of ${ref.memory}, tenant ${tenant}` },
      locally: (run) => auditLocally(ref, run),
      print: (result) => printAudited(ui, result),
      failed: ({ alarms }) => alarms > 0,
    },
    options,
    ui,
  );
}

function printAudited(ui: Ui, { sentence, report, alert }: Audited): void {
  ui.out(sentence);
  ui.out(`report: ${report}`);
  if (alert !== null) ui.out(`alert: ${alert}`);
}
