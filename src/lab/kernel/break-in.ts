import { Session } from "node:inspector";
import { CLOSED, CUTTING, LOADING, OPEN } from "./cell-door.ts";
import type { FrontMessage } from "./threads.ts";

/** How long the main thread may stay in one state after a stop before its JavaScript is cut off, ms. */
const PATIENCE: Readonly<Record<number, number>> = {
  // Longer than a step of training, which hears of the stop when it ends: WebAssembly that is cut off may stay broken.
  [OPEN]: 250,
  // The kernel's own work takes no time: this is a cell's, left over from an earlier run.
  [CLOSED]: 2000,
  [LOADING]: 5000,
};

const TICK = 30; // ms

export interface Stopper {
  /** Stops what the main thread executes, an endless loop included; asks again until it has heard. */
  stop(): void;
  /** The main thread has heard. */
  heard(stop: number): void;
}

/**
 * Asks the main thread to stop its cell; where it does not listen, its JavaScript is cut off through the debugger's own
 * door. Code of native modules is not cut off before it returns.
 */
export function stopper(memory: SharedArrayBuffer, send: (message: FrontMessage) => void): Stopper {
  const state = new Int32Array(memory);
  let [stops, wasLoading] = [0, false];
  let timer: NodeJS.Timeout | null = null;
  let [seen, since] = [CLOSED, 0];
  const look = (): void => {
    send({ type: "interrupt", stop: stops, wasLoading });
    const now = Atomics.load(state, 0);
    if (now === CUTTING) return;
    if (now !== seen) [seen, since] = [now, performance.now()];
    if (performance.now() - since < PATIENCE[now]!) return;
    if (Atomics.compareExchange(state, 0, now, CUTTING) !== now) return;
    wasLoading ||= now === LOADING;
    terminate(() => {
      Atomics.store(state, 0, now);
      since = performance.now();
    });
  };
  return {
    stop: () => {
      if (timer) return;
      stops++;
      wasLoading = false;
      [seen, since] = [Atomics.load(state, 0), performance.now()];
      look();
      timer = setInterval(look, TICK);
    },
    heard: (stop) => {
      if (stop !== stops || !timer) return;
      clearInterval(timer);
      timer = null;
    },
  };
}

/** Calls back when it has happened: at once in a loop, else as soon as the main thread executes anything. */
function terminate(onDone: () => void): void {
  const session = new Session();
  session.connectToMainThread();
  session.post("Runtime.terminateExecution", () => {
    session.disconnect();
    onDone();
  });
}
