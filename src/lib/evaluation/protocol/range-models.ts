import { RhymeError } from "../../errors.ts";
import { SlottedRidge } from "../../forecast/slotted-ridge.ts";
import { hourOfWeek, type ZoneName } from "../../time/zone.ts";
import type { RangePanel } from "./range-panel.ts";
import type { Fold } from "./walk-forward-split.ts";

const HOURS = 168;

/** Says what it expects of `panel.target` at every test sample of a fold; may look at nothing but what trains it. */
export interface RangeModel {
  readonly name: string;
  readonly forecast: (panel: RangePanel, fold: Fold) => Float64Array; // [fold.test]
}

/** The mean of all training targets: what R² is measured against. */
export const trainingMean: RangeModel = {
  name: "training mean",
  forecast: (panel, fold) => new Float64Array(fold.test.length).fill(meanTarget(panel, fold.train)),
};

/** Mean target of some samples. */
export function meanTarget({ target }: RangePanel, samples: Int32Array): number {
  return samples.reduce((sum, i) => sum + target[i]!, 0) / samples.length;
}

/** What the last `lag` bars, one of the panel's lags, have shown goes on. */
export function persistence(lag = 24): RangeModel {
  return {
    name: `persistence (${lag} bars)`,
    forecast(panel, { test }) {
      const [K, k] = [panel.lags.length, lagColumn(panel, lag)];
      return Float64Array.from(test, (i) => panel.trailing[i * K + k]!);
    },
  };
}

export interface HarRangeOptions {
  /** Of the panel's lags; default all of them. */
  readonly lags?: readonly number[];
  /** Clock on which the hour of the week of the decision is read; none: no dummies. */
  readonly clock?: ZoneName;
  /** One regression per series; default one for all, with one intercept. */
  readonly perSeries?: boolean;
}

/**
 * HAR (Corsi 2009, log form) by least squares: the target on an intercept, A_k and dummies of the hour of the week
 * (of daily bars, the day: they all close at the same hour).
 * Solved by the same grown normal equations as the production forecaster, whose ridge (0.001; 1 on a dummy, as one
 * more week in which it did nothing) is nil against samples: on the seven FX pairs it moves no R² by 0.0001.
 */
export function harRange({ lags, clock, perSeries = false }: HarRangeOptions = {}): RangeModel {
  const name = `HAR${lags ? ` (${lags.join("/")})` : ""}${clock ? ` + hour of week, ${clock}` : ""}${perSeries ? ", per series" : ""}`;
  return {
    name,
    forecast(panel, { train, test }) {
      const columns = (lags ?? panel.lags).map((lag) => lagColumn(panel, lag));
      const [K, width] = [panel.lags.length, columns.length + 1];
      const x = new Float64Array(width).fill(1);
      const fill = (i: number): void => {
        for (let c = 1; c < width; c++) x[c] = panel.trailing[i * K + columns[c - 1]!]!;
      };
      const slot = (i: number): number => (clock ? hourOfWeek(clock, panel.start[i]!) : 0);
      const group = (i: number): number => (perSeries ? panel.of[i]! : 0);
      const groups = perSeries ? panel.series.length : 1;
      const models = Array.from({ length: groups }, () => new SlottedRidge(width, clock ? HOURS : 0));
      for (const i of train) {
        fill(i);
        models[group(i)]!.add(x, 0, slot(i), panel.target[i]!);
      }
      models.forEach((model, g) => assertFitted(model, perSeries ? panel.series[g]!.symbol : "all series"));
      return Float64Array.from(test, (i) => {
        fill(i);
        return models[group(i)]!.predict(x, 0, slot(i));
      });
    },
  };
}

/** Forecasts that were made elsewhere, each from its own past: `columns[s][row]` for row `row` of series `s`. */
export function statedRange(name: string, columns: readonly Float64Array[]): RangeModel {
  return {
    name,
    forecast: ({ of, row }, { test }) => Float64Array.from(test, (i) => columns[of[i]!]![row[i]!]!),
  };
}

function lagColumn({ lags }: RangePanel, lag: number): number {
  const k = lags.indexOf(lag);
  if (k >= 0) return k;
  throw new RhymeError("usage", {
    place: "lags",
    expected: `of ${lags.join(", ")} bars, the lags of the panel`,
    received: String(lag),
    remedy: "Choose among them, or make the panel with this lag",
  });
}

function assertFitted(model: SlottedRidge, what: string): void {
  if (model.rows > model.width && model.fit()) return;
  throw new RhymeError("input", {
    place: what,
    expected: `more than ${model.width} training samples from which a regression can be solved`,
    received: `${model.rows}`,
    remedy: "Begin the test later, or give more history",
  });
}
