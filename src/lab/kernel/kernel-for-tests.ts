import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, beforeEach } from "vitest";
import { connectKernel, type ExecuteResult, type KernelClient, type Output } from "../kernel-client.ts";
import { startKernel, type KernelProcess } from "../start-kernel.ts";

export const NOTEBOOKS = fileURLToPath(new URL("../../../notebooks/", import.meta.url));

export interface KernelForTests {
  readonly client: () => KernelClient;
  readonly process: () => KernelProcess;
  readonly run: (code: string, cellId?: string) => Promise<ExecuteResult>;
}

/**
 * One kernel for all tests of a file, driven over Jupyter's protocol as a notebook drives it. That it is still alive
 * and well at the end of each test is part of what is tested.
 */
export function kernelForTests(): KernelForTests {
  let [kernel, client]: [KernelProcess?, KernelClient?] = [];
  beforeAll(async () => {
    kernel = await startKernel(NOTEBOOKS);
    client = await connectKernel(kernel.connection);
    await client.execute("0"); // waits for the type checker
  }, 120_000);
  afterAll(() => {
    client?.close();
    kernel?.kill();
  });
  beforeEach(() => {
    if (kernel!.child.exitCode !== null) throw new Error("the kernel is dead");
  });
  return {
    client: () => client!,
    process: () => kernel!,
    run: (code, cellId) => client!.execute(code, cellId === undefined ? {} : { cellId }),
  };
}

/** Of the last value, as text. */
export function resultOf({ outputs }: ExecuteResult): unknown {
  const result = outputs.find((output) => output.output_type === "execute_result");
  return result?.output_type === "execute_result" ? result.data["text/plain"] : outputs;
}

export function errorOf({ status, outputs }: ExecuteResult): Extract<Output, { output_type: "error" }> {
  const error = outputs.find((output) => output.output_type === "error");
  if (status !== "error" || error?.output_type !== "error")
    throw new Error(`no error: ${JSON.stringify(outputs)}`);
  return error;
}

export function htmlOf(outputs: readonly Output[]): string {
  const html = outputs.map((output) => ("data" in output ? output.data["text/html"] : undefined));
  return html.filter((one) => typeof one === "string").join("");
}

export const printed = ({ outputs }: ExecuteResult, stream: "stdout" | "stderr"): string =>
  outputs
    .map((output) => (output.output_type === "stream" && output.name === stream ? output.text : ""))
    .join("");
