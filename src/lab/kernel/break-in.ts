import { Session } from "node:inspector";

/**
 * Cuts off whatever JavaScript the main thread executes, an endless loop included, through the debugger's own door.
 * Code of native modules is not cut off before it returns.
 */
export function breakIn(): () => void {
  return () => {
    const session = new Session();
    session.connectToMainThread();
    session.post("Runtime.terminateExecution", () => session.disconnect());
  };
}
