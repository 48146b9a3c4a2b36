import type { ExecuteResult, KernelClient, Output } from "../kernel-client.ts";

/**
 * Executes a cell, stopped where it takes too long or `signal` aborts.
 * @throws the reason of `signal`
 */
export async function executeWithin(
  client: KernelClient,
  code: string,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<ExecuteResult> {
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    void client.interrupt();
  }, timeoutMs);
  const stop = (): void => void client.interrupt();
  signal.addEventListener("abort", stop, { once: true });
  try {
    const grace = after(timeoutMs + 10_000).then(() => null);
    const result = await Promise.race([client.execute(code), grace]);
    signal.throwIfAborted();
    if (isLate || result === null) return lateResult(result, timeoutMs);
    return result;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", stop);
  }
}

/** The interrupt that ended a cell is our own doing: the reader wants to know of the limit. */
function lateResult(result: ExecuteResult | null, timeoutMs: number): ExecuteResult {
  const evalue = `The cell took longer than ${timeoutMs / 1000} s. Give it more with --timeout, or less to do.`;
  const error: Output = { output_type: "error", ename: "Timeout", evalue, traceback: [`Timeout: ${evalue}`] };
  const outputs = (result?.outputs ?? []).filter(({ output_type }) => output_type !== "error");
  return {
    status: "error",
    outputs: [...outputs, error],
    reply: result?.reply ?? {},
    replyMetadata: {},
    published: [],
  };
}

export function after(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms).unref());
}
