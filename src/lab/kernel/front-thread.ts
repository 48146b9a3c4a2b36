import { readFileSync } from "node:fs";
import { parentPort, workerData } from "node:worker_threads";
import type { Connection } from "../jupyter-wire.ts";
import { openSockets } from "./sockets.ts";
import { startCompiler } from "./compiler-client.ts";
import { jupyterServer } from "./jupyter-server.ts";
import { stopper } from "./break-in.ts";
import type { FrontMessage, RunnerMessage } from "./threads.ts";

// The front: sockets, queue and interrupts, on a thread that no cell can block.

export interface FrontThreadData {
  readonly connectionFile: string;
  readonly root: string;
  /** Of `cellDoor`. */
  readonly door: SharedArrayBuffer;
}

const { connectionFile, root, door } = workerData as FrontThreadData;
const connection = JSON.parse(readFileSync(connectionFile, "utf8")) as Connection;
const compiler = startCompiler(root);
const send = (message: FrontMessage): void => parentPort!.postMessage(message);
const sockets = await openSockets(connection);
const server = jupyterServer({ sockets, compiler, send, stopper: stopper(door, send) });

// Whoever started the kernel is gone: nobody will ever speak to it again. A busy main thread must not keep it alive.
const starter = process.ppid;
setInterval(() => {
  if (process.ppid !== starter) process.kill(process.pid, "SIGKILL");
}, 1000).unref();

parentPort!.on("message", (message: RunnerMessage) => server.onRunner(message));
sockets.onRequest((channel, message) => server.onRequest(channel, message));
