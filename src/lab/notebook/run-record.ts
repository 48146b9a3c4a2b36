import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";

/** What a page of this run says about where it comes from. */
export interface RunRecord {
  readonly schema: "rhyme.notebook-run/1";
  readonly started: string;
  readonly seconds: number;
  /** Of these the kernel's own work, on all its threads; processes that it starts do not count. */
  readonly processorSeconds: number;
  readonly codeVersion: string;
  readonly node: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Over `data`; null where no file was read. */
  readonly dataHash: string | null;
  readonly data: readonly { readonly file: string; readonly sha256: string }[];
  readonly cells: readonly CellCost[];
}

export interface CellCost {
  /** Number in the notebook as it was given, from 1. */
  readonly cell: number;
  readonly milliseconds: number;
  readonly heapGrowth: number;
  readonly resident: number;
  /** Tensors held after it; null where TensorFlow.js is not loaded. */
  readonly tensors: number | null;
  /** Errors thrown, and promises rejected, for which no cell waited. */
  readonly strays: number;
}

/** What is known at the end of a run. */
export interface RunFacts {
  readonly costs: readonly CellCost[];
  readonly files: readonly string[];
  readonly seconds: number;
  readonly processorSeconds: number;
}

export function recordOf(
  { costs, files, seconds, processorSeconds }: RunFacts,
  parameters: RunRecord["parameters"],
  options: { readonly codeVersion: string; readonly now: number },
): RunRecord {
  // What a notebook made itself and deleted again is no data that it came from.
  const kept = [...new Set(files)].filter((file) => existsSync(file)).sort();
  const data = kept.map((file) => ({ file, sha256: sha256(readFileSync(file)) }));
  const dataHash =
    data.length > 0
      ? sha256(
          data
            .map(({ sha256: hash }) => hash)
            .sort()
            .join("\n"),
        )
      : null;
  const { codeVersion, now } = options;
  const started = new Date(now).toISOString();
  return {
    schema: "rhyme.notebook-run/1",
    started,
    seconds,
    processorSeconds,
    codeVersion,
    node: process.version,
    parameters,
    dataHash,
    data,
    cells: costs,
  };
}

function sha256(content: Buffer | string): string {
  return createHash("sha256").update(content).digest("hex");
}
