import { fileURLToPath } from "node:url";
import type { NativeBackend } from "../../lib/adapters/backends/native-backend.ts";
import { runCommand } from "./run-command.ts";

/** What a backend said when it was loaded and asked for a product of matrices, in a process of its own. */
export interface Probe {
  readonly failure: string | null;
  /** `CPU`, or the name of a card. */
  readonly device: string | null;
  /** `TensorFlow.js 4.22.0`. */
  readonly says: string | null;
}

const CHILD = fileURLToPath(new URL("./probe-child.ts", import.meta.url));

export async function probeBackend(
  name: NativeBackend,
  options: { readonly signal: AbortSignal; readonly env?: NodeJS.ProcessEnv },
): Promise<Probe> {
  const { failure, stdout } = await runCommand(
    process.execPath,
    ["--conditions=lab-source", "--disable-warning=ExperimentalWarning", CHILD, name],
    options,
  );
  const line = stdout.split("\n").findLast((one) => one.startsWith('{"failure"'));
  if (line !== undefined) return JSON.parse(line) as Probe;
  return { failure: failure ?? "it said nothing", device: null, says: null };
}
