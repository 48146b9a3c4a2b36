import { Worker } from "node:worker_threads";
import { cellDoor, doorMemory } from "./cell-door.ts";
import { describeError } from "./describe-error.ts";
import type { FrontThreadData } from "./front-thread.ts";
import { captureOutput } from "./cell-output.ts";
import { noteFilesRead } from "./files-read.ts";
import { costLine } from "./cell-cost.ts";
import { cellModules } from "./cell-modules.ts";
import { notebookHost } from "./notebook-host.ts";
import { cellRunner } from "./run-cells.ts";
import type { FrontMessage, RunnerMessage } from "./threads.ts";
import type { Promotion } from "../scaffold/promote.ts";
import { fileURLToPath } from "node:url";
import { delimiter, resolve } from "node:path";

// The kernel: `node --conditions=lab-source main.ts CONNECTION_FILE`. Cells run here, on the main thread.

const connectionFile = process.argv[2];
if (connectionFile === undefined) {
  process.stderr.write("usage: main.ts CONNECTION_FILE (Jupyter starts this; use ./rhyme lab)\n");
  process.exit(2);
}

const root = resolve(fileURLToPath(new URL("../../../", import.meta.url)));
const memory = doorMemory();
const door = cellDoor(memory);
const front = new Worker(new URL("front-thread.ts", import.meta.url), {
  workerData: { connectionFile, root, door: memory } satisfies FrontThreadData,
});
const send = (message: RunnerMessage): void => front.postMessage(message);

const filesRead = noteFilesRead(root);
const modules = cellModules(root, process.cwd(), (load) => door.during(load));
const host = notebookHost(
  modules,
  send,
  () => runner.current(),
  () => runner.signal(),
  async (what, name, options) => {
    const { promoteValue } = await import("../scaffold/promote.ts");
    const nameOf = (value: unknown): string | null => runner.nameOf(value);
    const order = {
      what: what as Promotion["what"],
      name,
      ...options,
      root,
      cells: runner.sources(),
      nameOf,
    };
    return promoteValue(order);
  },
);
let strays = 0;
const runner = cellRunner({
  door,
  strays: () => {
    const counted = strays;
    strays = 0;
    return counted;
  },
  modules,
  bundleOf: host.bundleOf,
  filesRead,
  onReload: (said) => process.stderr.write(said.map((line) => `[${line}]\n`).join("")),
  onResult: (run, data) => send({ type: "result", run, data }),
  onDone: (run, outcome) => {
    const cost = process.env["RHYME_CELL_COST"] === "never" ? null : costLine(outcome);
    if (cost) send({ type: "display", run, data: cost, metadata: {}, displayId: null, update: false });
    send({ type: "done", run, outcome });
  },
});

// A cell's own line may stand below many of Node's.
Error.stackTraceLimit = 50;
captureOutput(front, runner.current);
const exit = process.exit.bind(process);
process.exit = (code?: number) => {
  throw new Error(
    `process.exit(${code ?? ""}) was called, which would end the kernel. Restart it from the menu instead.`,
  );
};

let isReady = false;
const calendars = loadOwnCalendars().then(() => void (isReady = true));

/** Those of `./rhyme --calendars`: whoever started the kernel says their files. */
async function loadOwnCalendars(): Promise<void> {
  for (const file of (process.env["RHYME_CALENDARS"] ?? "").split(delimiter).filter(Boolean))
    try {
      const { loadCalendars } = await import("../../cli/load-calendars.ts");
      await loadCalendars(file);
    } catch (error) {
      process.stderr.write(`${String(error)}\n`);
    }
}

front.on("message", (message: FrontMessage) => {
  switch (message.type) {
    case "run":
      void calendars.then(() => {
        host.cellStarts(message.cellId);
        runner.run(message);
      });
      break;
    case "interrupt":
      if (message.wasLoading) {
        door.forgetLoads();
        modules.forgetHalfLoaded();
      }
      if (isReady && runner.interrupt()) send({ type: "interrupted", stop: message.stop });
      break; // or it is asked again

    case "shutdown":
      exit(0);
  }
});
front.on("error", (error) => {
  process.stderr.write(`${error.stack}\n`);
  exit(70);
});
front.on("exit", (code) => exit(code));

const stray = (where: string, thrown: unknown): void => {
  strays++;
  process.stderr.write(`[${where}] ${describeError(thrown, new Map()).traceback.join("\n")}\n`);
};
process.on("uncaughtException", (error) => stray("after the cell ended", error));
process.on("unhandledRejection", (error) => stray("a promise that no cell awaited", error));
// Ctrl-C in a terminal that started the kernel by hand; Jupyter sends interrupt_request instead.
process.on("SIGINT", () => runner.interrupt());
send({ type: "ready" });
