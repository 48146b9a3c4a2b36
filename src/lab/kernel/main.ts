import { Worker } from "node:worker_threads";
import { captureOutput } from "./cell-output.ts";
import { noteFilesRead } from "./files-read.ts";
import { costLine } from "./cell-cost.ts";
import { cellModules } from "./cell-modules.ts";
import { notebookHost } from "./notebook-host.ts";
import { cellRunner } from "./run-cells.ts";
import type { FrontMessage, RunnerMessage } from "./threads.ts";
import type { Promotion } from "../scaffold/promote.ts";
import { fileURLToPath } from "node:url";
import { resolve } from "node:path";

// The kernel: `node --conditions=lab-source main.ts CONNECTION_FILE`. Cells run here, on the main thread.

const connectionFile = process.argv[2];
if (connectionFile === undefined) {
  process.stderr.write("usage: main.ts CONNECTION_FILE (Jupyter starts this; use ./rhyme lab)\n");
  process.exit(2);
}

const root = resolve(fileURLToPath(new URL("../../../", import.meta.url)));
const front = new Worker(new URL("front-thread.ts", import.meta.url), {
  workerData: { connectionFile, root },
});
const send = (message: RunnerMessage): void => front.postMessage(message);

const filesRead = noteFilesRead(root);
const modules = cellModules(root, process.cwd());
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
const runner = cellRunner({
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

front.on("message", (message: FrontMessage) => {
  switch (message.type) {
    case "run":
      host.cellStarts(message.cellId);
      void runner.run(message);
      break;
    case "interrupt":
      runner.interrupt();
      send({ type: "interrupted" });
      break;
    case "shutdown":
      exit(0);
  }
});
front.on("error", (error) => {
  process.stderr.write(`${error.stack}\n`);
  exit(70);
});
front.on("exit", (code) => exit(code));

process.on("uncaughtException", (error) =>
  process.stderr.write(`[after the cell ended] ${error?.stack ?? error}\n`),
);
process.on("unhandledRejection", (error) => {
  process.stderr.write(
    `[a promise that no cell awaited] ${error instanceof Error ? error.stack : String(error)}\n`,
  );
});
// Ctrl-C in a terminal that started the kernel by hand; Jupyter sends interrupt_request instead.
process.on("SIGINT", () => runner.interrupt());
send({ type: "ready" });
