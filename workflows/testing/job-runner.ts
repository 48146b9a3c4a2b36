// A process that runs a kept job, for tests of what happens when it is killed.
// node job-runner.ts MEMORY JOB: prints the name of every step that is through, then "done".
import { readJob } from "../job-folder.ts";
import type { AnyJob } from "../job.ts";
import { auditLocally, reembedLocally, trainLocally } from "../local-jobs.ts";

const [memory, job] = process.argv.slice(2) as [string, string];
const ref = { memory, job };
const options = {
  ...{ signal: new AbortController().signal, threads: 1, window: 1 },
  onStep: (step: string) => console.log(step),
};
const { kind } = readJob<AnyJob>(ref);
if (kind === "reembed") await reembedLocally(ref, options);
else if (kind === "audit") await auditLocally(ref, options);
else await trainLocally(ref, options);
console.log("done");
