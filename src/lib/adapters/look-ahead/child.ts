import { Worker } from "node:worker_threads";
import type { Habits } from "../../evaluation/look-ahead/user/caller.ts";
import { registerCalendar } from "../../time/calendars.ts";
import type { Calendar } from "../../time/calendar.ts";
import { callFunction } from "./call-function.ts";
import { received, type Ask, type Setup, type Tell } from "./messages.ts";
import { Outside } from "./outside.ts";
import { keepPrinted } from "./printed.ts";
import { resolveRhyme } from "./resolve-rhyme.ts";
import { messageOf } from "./thrown.ts";
import { exportedFunctions, functionNamed } from "./user-function.ts";

// A process of its own for one user's module: it runs the module, then answers what it is asked.

type Module = Readonly<Record<string, unknown>>;
type News = Tell extends infer T ? (T extends unknown ? Omit<T, "token"> : never) : never;

const setup = JSON.parse(process.argv[2]!) as Setup;
const send = process.send!.bind(process);
const outside = new Outside({ stays: true });
const tell = (news: News): void => void send({ ...news, token: setup.token });

/**
 * Ends this process when its parent is gone or its memory too large, also while the function never comes back: a
 * thread of its own looks twice a second.
 */
function standGuard({ parent, memoryMb }: Setup): void {
  const code = `setInterval(() => {
    const large = process.memoryUsage.rss() > ${memoryMb} * 2 ** 20;
    if (large) require("node:fs").writeSync(2, "\\nrhyme: out of memory\\n");
    if (large || process.ppid !== ${parent}) process.kill(process.pid, "SIGKILL");
  }, 200);`;
  new Worker(code, { eval: true, stdin: false, execArgv: [], env: {} }).unref();
}

async function load(): Promise<{ readonly module: Module; readonly habits: Habits }> {
  for (const file of setup.calendars) {
    const { default: made } = (await import(file)) as { default: Calendar | readonly Calendar[] };
    for (const calendar of [made].flat()) registerCalendar(calendar);
  }
  outside.begin(setup.clock, true);
  try {
    return { module: (await import(setup.file)) as Module, habits: outside.end() };
  } catch (error) {
    outside.end();
    throw error;
  }
}

const stray = (error: unknown): void => tell({ kind: "stray", message: messageOf(error, setup.file) });
process.on("uncaughtException", stray);
process.on("unhandledRejection", stray);
process.on("disconnect", () => process.kill(process.pid, "SIGKILL"));

standGuard(setup);
resolveRhyme();
try {
  const { module, habits } = await load();
  const functions = exportedFunctions(module);
  const names = new Set(functions.map(({ name }) => name.split(".")[0]));
  let loading: Habits | null = habits;
  process.on("message", (message) => {
    const { id, fn, clock, series } = message as Ask;
    const user = functionNamed(module, fn.name);
    const printed = id === 0 ? keepPrinted() : null;
    const { file } = setup;
    void callFunction(user, fn.takes, received(series), outside, clock, { file }).then((outcome) => {
      // What the module did when it was run counts for what its functions then say.
      if (outcome.kind === "said" && loading)
        outcome = { ...outcome, habits: joined(outcome.habits, loading) };
      loading = null;
      tell({ kind: "answer", id, outcome, printed: printed?.() ?? "" });
    });
  });
  tell({ kind: "loaded", functions, others: Object.keys(module).filter((name) => !names.has(name)) });
} catch (error) {
  tell({ kind: "unloadable", message: messageOf(error, setup.file) });
}

function joined(a: Habits, b: Habits): Habits {
  return { clock: a.clock + b.clock, chance: a.chance + b.chance, outside: [...a.outside, ...b.outside] };
}
