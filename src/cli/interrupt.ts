let controller: AbortController | null = null;
let then = "run the same command again to go on";

/** Of a command that keeps nothing of what it has done when it is stopped: people are told so. */
export function beginsAnew(): void {
  then = "nothing was kept, the same command begins anew";
}

/** Of a command that others go on without: people are told how. */
export function goesOnWithout(how: string): void {
  then = how;
}

/**
 * Aborts at the first Ctrl-C (or SIGTERM), so that work can stop at its next whole step; the second one ends the
 * process at once. Long computations must yield to the event loop now and then, or no signal reaches them.
 */
export function interruptSignal(): AbortSignal {
  controller ??= listen();
  return controller.signal;
}

/** What aborted work throws: the command line exits 130 without calling it a failure. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
  constructor() {
    super(`stopped; ${then}`);
  }
}

function listen(): AbortController {
  const created = new AbortController();
  const onSignal = (): void => {
    if (created.signal.aborted) process.exit(130);
    process.stderr.write(`\nstopping cleanly, ${then} (Ctrl-C once more stops at once)\n`);
    created.abort(new Interrupted());
  };
  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
  return created;
}
