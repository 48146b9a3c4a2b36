import { RhymeError } from "../src/lib/errors.ts";
import { NAMESPACE } from "./queues.ts";

/** Where workflows are kept. */
export interface TemporalAddress {
  /** `HOST:PORT` of the server's gRPC. */
  readonly target: string;
  readonly namespace: string;
}

/**
 * `temporal://HOST:PORT[/NAMESPACE]`.
 * @throws RhymeError "usage" for anything else
 * @example parseTemporalAddress("temporal://127.0.0.1:8685").namespace; // "rhyme"
 */
export function parseTemporalAddress(text: string): TemporalAddress {
  const found = /^temporal:\/\/([^/:\s]+|\[[0-9a-f:]+\]):(\d{1,5})(?:\/([\w.-]+))?\/?$/i.exec(text);
  if (found) return { target: `${found[1]}:${found[2]}`, namespace: found[3] ?? NAMESPACE };
  throw new RhymeError("usage", {
    place: "the address of Temporal",
    expected: "temporal://HOST:PORT, or temporal://HOST:PORT/NAMESPACE",
    received: JSON.stringify(text),
    remedy: "./rhyme services up temporal starts one and says where.",
  });
}
