import { createInterface } from "node:readline/promises";
import { RhymeError } from "../lib/errors.ts";

type Streams = Pick<NodeJS.Process, "stdin" | "stderr">;

/**
 * Lets a person type `name` before something is lost; `--yes` says it beforehand. `act` is what is about to be done.
 * @throws RhymeError "usage" where nobody can be asked, or something else is typed
 */
export async function confirm(
  name: string,
  yes: boolean,
  signal: AbortSignal,
  { stdin, stderr }: Streams = process,
  act = "forget",
): Promise<void> {
  if (yes) return;
  if (!stdin.isTTY)
    throw notDone(act, "--yes, since there is nobody to ask", "no terminal", "Run it again with --yes.");
  const line = createInterface({ input: stdin, output: stderr });
  try {
    const typed = await line.question(`Type ${name} to ${act} it: `, { signal });
    if (typed.trim() !== name) throw notDone(act, name, JSON.stringify(typed), "Type the name, or leave it.");
  } finally {
    line.close();
  }
}

function notDone(place: string, expected: string, received: string, remedy: string): RhymeError {
  return new RhymeError("usage", { place, expected, received, remedy: `Nothing was deleted. ${remedy}` });
}
