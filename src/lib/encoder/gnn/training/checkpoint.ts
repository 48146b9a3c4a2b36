import { RhymeError } from "../../../errors.ts";
import type { LossPoint } from "../../family.ts";
import { readSafetensors, writeSafetensors, type Tensor } from "../../safetensors.ts";
import type { AdamState, Parameters } from "./adam.ts";

/** Everything that the next step depends on. */
export interface TrainState {
  parameters: Parameters;
  adam: AdamState;
  best: Parameters;
  /** Validation loss and step of `best`; step 0 is the untrained start. */
  bestLoss: number;
  bestStep: number;
  /** Evaluations since the last gain. */
  waited: number;
  rng: readonly number[];
  stopped: boolean;
  /** After which step it was evaluated last. */
  judged: number;
  /** Sum of training losses since then. */
  lossSinceThen: number;
  /** One point for each evaluation. */
  curve: LossPoint[];
}

const PARTS = ["parameters", "first", "second", "best"] as const;
const FORMAT = "rhyme.fit-checkpoint/2";

/** The state as safetensors; `identity` says what is being fitted, with what. */
export function writeCheckpoint(state: TrainState, identity: string): Uint8Array {
  const { parameters, adam, best, ...plain } = state;
  const groups = { parameters, ...adam, best };
  const tensors: Record<string, Tensor> = {};
  for (const part of PARTS)
    for (const [name, data] of Object.entries(groups[part]))
      tensors[`${part}/${name}`] = { shape: [data.length], data };
  const numbers = JSON.stringify({ step: adam.step, ...plain });
  return writeSafetensors({ tensors, metadata: { format: FORMAT, identity, numbers } });
}

/** @throws RhymeError where the bytes are no checkpoint of this fitting. */
export function readCheckpoint(bytes: Uint8Array, identity: string): TrainState {
  const { tensors, metadata } = readSafetensors(bytes, "checkpoint");
  if (metadata.format !== FORMAT || metadata.identity !== identity)
    throw new RhymeError("mismatch", {
      place: "checkpoint",
      expected: `${FORMAT} of the same data, options and seed (${identity.slice(0, 16)})`,
      received: `${metadata.format ?? "no format"} of ${metadata.identity?.slice(0, 16) ?? "nothing"}`,
      remedy:
        "Resume with the data and options of the interrupted run, or start anew without the checkpoint.",
    });
  const part = (prefix: string): Parameters =>
    Object.fromEntries(
      Object.entries(tensors)
        .filter(([name]) => name.startsWith(`${prefix}/`))
        .map(([name, { data }]) => [name.slice(prefix.length + 1), data as Float32Array]),
    );
  const { step, ...numbers } = JSON.parse(metadata.numbers!) as Omit<
    TrainState,
    "parameters" | "adam" | "best"
  > & {
    step: number;
  };
  return {
    ...numbers,
    parameters: part("parameters"),
    best: part("best"),
    adam: { first: part("first"), second: part("second"), step },
  };
}

/** After which step a checkpoint was written, whatever it is of. @throws RhymeError for bytes that are none */
export function checkpointStep(bytes: Uint8Array): number {
  const { metadata } = readSafetensors(bytes, "checkpoint");
  return (JSON.parse(metadata.numbers ?? "{}") as { readonly step?: number }).step ?? 0;
}
