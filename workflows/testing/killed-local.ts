import { backfillLocally } from "../local.ts";
import type { JobRef } from "../job.ts";

// A backfill in a process of its own that is killed once some activity is through: its first of a name, or the n-th of
// all. `node killed-local.ts '{"memory": …, "job": …}' commitChunk`, or `… 7`, or nothing: it comes to its end.

const [text, when] = process.argv.slice(2);
await backfillLocally(JSON.parse(text!) as JobRef, {
  signal: new AbortController().signal,
  threads: 1,
  window: 2,
  onStep: (activity, count) => {
    process.stdout.write(`${activity}\n`);
    if (activity === when || count === Number(when)) process.kill(process.pid, "SIGKILL");
  },
});
