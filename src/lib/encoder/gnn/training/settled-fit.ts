import { RhymeError } from "../../../errors.ts";
import { hashParts } from "../../../math/hash.ts";
import type { EpochMs } from "../../../time/units.ts";
import type { FitOptions } from "../../family.ts";
import {
  describedObjective,
  targetsOf,
  withTargets,
  type ObjectiveOptions,
} from "../../objective-options.ts";
import type { Prepared } from "./prepare.ts";
import { cutTargets, newestTarget } from "./targets.ts";
import type { TrainOptions } from "./train-layers.ts";

const DEFAULTS = {
  steps: 300,
  learningRate: 3e-3,
  chunkNodes: 2600,
  evaluateEvery: 25,
  patience: 6,
};
const MASK_SHARE = 0.4;

type Chosen = Pick<TrainOptions, keyof typeof DEFAULTS | "objective" | "warmUpSteps" | "clipNorm">;

/** Options of a fitting with every default written out, and what its targets add to what it has seen. */
export interface SettledFit extends Chosen {
  /** The same as an artefact tells it; what has its plain value is not told. */
  readonly said: Readonly<Record<string, number | string>>;
  readonly knownAt: EpochMs;
  readonly dataHash: string;
}

/** @throws RhymeError for numbers that make no sense, or targets of other series */
export function settledFit(options: FitOptions, data: Prepared, base: string): SettledFit {
  const { steps, learningRate, chunkNodes, evaluateEvery, patience } = { ...DEFAULTS, ...options };
  const { warmUpSteps = 0, clipNorm = Infinity, maskShare = MASK_SHARE, fitUntil = Infinity } = options;
  const numbers = { steps, learningRate, chunkNodes, evaluateEvery, patience };
  assertPositive({ ...numbers, clipNorm });
  const rows = data.tables.map((tables) => tables[base]!.knownAt.length);
  const given: ObjectiveOptions = options.objective ?? { kind: "reconstruction", maskShare };
  const objective = withTargets(given, (targets) => cutTargets(targets, rows, fitUntil));
  const targets = targetsOf(objective).flat();
  const isPlain = objective.kind === "reconstruction";
  const hidden = isPlain ? { maskShare: objective.maskShare ?? MASK_SHARE } : {};
  return {
    ...{ ...numbers, warmUpSteps, clipNorm, objective },
    said: {
      ...{ steps, learningRate, chunkNodes, ...hidden, evaluateEvery, patience },
      ...(isPlain ? {} : { objective: describedObjective(objective) }),
      ...(warmUpSteps > 0 && { warmUpSteps }),
      ...(clipNorm < Infinity && { clipNorm }),
    },
    knownAt: Math.max(data.knownAt, newestTarget(targets)),
    dataHash:
      targets.length === 0
        ? data.dataHash
        : hashParts(
            data.dataHash,
            ...targets.flatMap(({ names, values, knownAt }) => [names.join(), values, knownAt]),
          ),
  };
}

function assertPositive(numbers: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(numbers))
    if (!(value > 0))
      throw new RhymeError("usage", {
        place: name,
        expected: "a number above 0",
        received: String(value),
        remedy: "Correct the options of the fitting.",
      });
}
