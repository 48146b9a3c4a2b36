import { RhymeError } from "../src/lib/errors.ts";

/** What a connection that failed says to people. */
export function noServer(address: string, error: unknown): RhymeError {
  const said = (error instanceof Error ? error.message : String(error)).split("\n")[0]!;
  return new RhymeError("store", {
    place: address,
    expected: "a Temporal server",
    received: said.slice(0, 300),
    remedy: "./rhyme services up temporal starts one on this machine; --server names another.",
  });
}
