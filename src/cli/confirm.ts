import { createInterface } from "node:readline/promises";
import { RhymeError } from "../lib/errors.ts";

/**
 * Lets a person type `name` before something is lost; `--yes` says it beforehand.
 * @throws RhymeError "usage" where nobody can be asked, or something else is typed
 */
export async function confirm(
  name: string,
  yes: boolean,
  signal: AbortSignal,
  streams: Pick<NodeJS.Process, "stdin" | "stderr"> = process,
): Promise<void> {
  if (yes) return;
  const { stdin, stderr } = streams;
  if (!stdin.isTTY)
    throw notDone("--yes, since there is nobody to ask", "no terminal", "Run it again with --yes.");
  const line = createInterface({ input: stdin, output: stderr });
  try {
    const typed = await line.question(`Type ${name} to forget it: `, { signal });
    if (typed.trim() !== name) throw notDone(name, JSON.stringify(typed), "Type the name, or leave it.");
  } finally {
    line.close();
  }
}

function notDone(expected: string, received: string, remedy: string): RhymeError {
  return new RhymeError("usage", {
    place: "forget",
    expected,
    received,
    remedy: `Nothing was deleted. ${remedy}`,
  });
}
