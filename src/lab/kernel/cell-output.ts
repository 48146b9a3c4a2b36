import type { MessagePort } from "node:worker_threads";
import type { RunningCell } from "./run-cells.ts";

/** Of one cell's text; more would make the notebook, and the browser, too heavy. */
const MOST = 1_000_000;

/** Sends all that is printed to the front, and cuts it where a cell prints without end. */
export function captureOutput(
  port: Pick<MessagePort, "postMessage">,
  current: () => RunningCell | null,
): void {
  for (const name of ["stdout", "stderr"] as const) {
    const send = (text: string): void => {
      const cell = current();
      if (!cell) return;
      const before = cell.printed;
      cell.printed += text.length;
      if (before > MOST) return;
      const kept = text.slice(0, MOST - before);
      if (kept !== "") port.postMessage({ type: "stream", run: cell.run, name, text: kept });
      if (cell.printed > MOST) port.postMessage({ type: "stream", run: cell.run, name: "stderr", text: CUT });
    };
    process[name].write = (chunk: string | Uint8Array, encoding?: unknown, done?: unknown): boolean => {
      send(typeof chunk === "string" ? chunk : Buffer.from(chunk).toString("utf8"));
      const callback = typeof encoding === "function" ? encoding : done;
      if (typeof callback === "function") queueMicrotask(() => (callback as () => void)());
      return true;
    };
  }
}

const CUT = `\n[output cut here: this cell printed more than ${MOST.toLocaleString("en-GB")} characters. Write it to a file, or show a part.]\n`;
