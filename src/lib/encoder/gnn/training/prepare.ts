import { RhymeError } from "../../../errors.ts";
import type { FeatureTable, FeatureTables } from "../../../features/feature.ts";
import { hashParts } from "../../../math/hash.ts";
import { iso, type EpochMs } from "../../../time/units.ts";

/** Fewest base rows to train on and to validate with: below, an encoder would be noise that looks like one. */
const FEWEST = { training: 200, validation: 20 };

/** Tables cut to what fitting may see, and where training ends. */
export interface Prepared {
  /** All that was known by `fitUntil`, per series. */
  readonly tables: readonly FeatureTables[];
  /** The part before the validation part: scaler, layers and projection see no more. */
  readonly training: readonly FeatureTables[];
  /** Training rows are known by then. */
  readonly boundary: EpochMs;
  /** The newest fact that fitting sees. */
  readonly knownAt: EpochMs;
  readonly dataHash: string;
}

/**
 * Cuts every table at `fitUntil`, then at the instant by which all but `validationShare` of the base rows of all
 * series were known: one instant for all, so that no series is trained on what another is validated with.
 * @throws RhymeError "input" where too little is left.
 */
export function prepare(
  series: readonly FeatureTables[],
  timeframes: readonly string[],
  fitUntil: EpochMs,
  validationShare: number,
): Prepared {
  const tables = series.map((each) => knownBy(each, timeframes, fitUntil));
  const base = tables.map((each) => each[timeframes[0]!]!);
  const instants = Float64Array.from(base.flatMap((table) => [...table.knownAt])).sort();
  const training = Math.floor(instants.length * (1 - validationShare));
  const boundary = instants[training - 1] ?? -Infinity;
  const validation = instants.filter((t) => t > boundary).length;
  if (training < FEWEST.training || validation < FEWEST.validation)
    throw new RhymeError("input", {
      place: `candles of ${timeframes[0]} to fit on${fitUntil === Infinity ? "" : ` until ${iso(fitUntil)}`}`,
      expected: `at least ${FEWEST.training} to train on and ${FEWEST.validation} to validate with`,
      received: `${training} and ${validation}`,
      remedy: "Give more history, a later fit-until, or an encoder that is fitted already.",
    });
  return {
    tables,
    training: tables.map((each) => knownBy(each, timeframes, boundary)),
    boundary,
    knownAt: Math.max(
      ...tables.flatMap((each) => Object.values(each).map(({ knownAt }) => knownAt.at(-1) ?? -Infinity)),
    ),
    dataHash: hashParts(
      ...tables.flatMap((each) =>
        timeframes.flatMap((timeframe) => {
          const { openTime, knownAt, values } = each[timeframe]!;
          return [timeframe, openTime, knownAt, values];
        }),
      ),
    ),
  };
}

/** The rows of the named timeframes that were known by `until`; views, not copies. */
export function knownBy(tables: FeatureTables, timeframes: readonly string[], until: EpochMs): FeatureTables {
  return Object.fromEntries(timeframes.map((timeframe) => [timeframe, cut(tables[timeframe]!, until)]));
}

function cut(table: FeatureTable, until: EpochMs): FeatureTable {
  let rows = table.knownAt.length;
  while (rows > 0 && table.knownAt[rows - 1]! > until) rows--;
  return {
    ...table,
    values: table.values.subarray(0, rows * table.names.length),
    openTime: table.openTime.subarray(0, rows),
    knownAt: table.knownAt.subarray(0, rows),
  };
}
