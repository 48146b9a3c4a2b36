import { canonicalJson } from "../math/hash.ts";

/**
 * What followed each base row of one series, or what a baseline got wrong there: made outside, from contexts. A row whose
 * values are not known by the end of the fold is not used, whoever hands it in.
 */
export interface TargetColumns {
  readonly names: readonly string[]; // K
  /** [rows, K] of the base timeframe's table; NaN where there is none. */
  readonly values: Float64Array;
  /** When all values of a row were known. [rows] */
  readonly knownAt: Float64Array;
}

/** Fill in hidden candles (Hou et al. 2022, GraphMAE). */
export interface ReconstructionOptions {
  readonly kind: "reconstruction";
  readonly maskShare?: number; // 0.4
}

/** Windows as near to each other as what followed them (softened InfoNCE: van den Oord et al. 2018). */
export interface ContrastOptions {
  readonly kind: "contrast";
  /** What followed, per series. */
  readonly future: readonly TargetColumns[];
  readonly anchors?: number; // 256
  /** Of cosines between windows. */
  readonly temperature?: number; // 0.1
  /** Of root mean square distances between standardised futures. */
  readonly futureTemperature?: number; // 0.5
}

/** What may be done to a history without using anything later (`augment.ts`). */
export interface Augmentation {
  /** Deviation of the noise, in deviations of a feature. */
  readonly noise?: number; // 0.1
  /** Share of features that are hidden throughout. */
  readonly featureDropout?: number; // 0.1
  /** Share of edges that are left out. */
  readonly neighbourDropout?: number; // 0.1
  /** Whether history begins later. */
  readonly prefixCut?: boolean; // true
}

/** Two views of one window alike, windows spread out (Bardes, Ponce & LeCun 2022). */
export interface VicregOptions extends Augmentation {
  readonly kind: "vicreg";
  readonly anchors?: number; // 256
  readonly invariance?: number; // 1
  readonly variance?: number; // 1
  readonly covariance?: number; // 0.04
}

/** Linear in the readouts: what a baseline got wrong, in its standard deviations. */
export interface ResidualOptions {
  readonly kind: "residual";
  /** Residuals, per series. */
  readonly residuals: readonly TargetColumns[];
  readonly anchors?: number; // 1,024
}

export interface MixtureOptions {
  readonly kind: "mixture";
  readonly parts: readonly { readonly weight: number; readonly objective: SingleObjectiveOptions }[];
}

export type SingleObjectiveOptions =
  ReconstructionOptions | ContrastOptions | VicregOptions | ResidualOptions;
export type ObjectiveOptions = SingleObjectiveOptions | MixtureOptions;

/** The targets of an objective, those of its parts included. */
export function targetsOf(options: ObjectiveOptions): readonly (readonly TargetColumns[])[] {
  if (options.kind === "mixture") return options.parts.flatMap(({ objective }) => targetsOf(objective));
  if (options.kind === "contrast") return [options.future];
  return options.kind === "residual" ? [options.residuals] : [];
}

/** The same objective with other targets. */
export function withTargets<O extends ObjectiveOptions>(
  options: O,
  change: (targets: readonly TargetColumns[]) => readonly TargetColumns[],
): O {
  if (options.kind === "mixture")
    return {
      ...options,
      parts: options.parts.map((part) => ({ ...part, objective: withTargets(part.objective, change) })),
    };
  if (options.kind === "contrast") return { ...options, future: change(options.future) };
  return options.kind === "residual" ? { ...options, residuals: change(options.residuals) } : options;
}

/** An objective in one line, without its targets' values. */
export function describedObjective(options: ObjectiveOptions): string {
  const names = (targets: readonly TargetColumns[]): readonly TargetColumns[] =>
    (targets[0]?.names ?? []) as unknown as readonly TargetColumns[];
  return canonicalJson(withTargets(options, names));
}
