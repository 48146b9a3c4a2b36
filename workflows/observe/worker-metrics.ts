import type { MetricCounter, MetricGauge, MetricHistogram, MetricMeter } from "@temporalio/common";
import type { Labels, Metrics } from "../activity-host.ts";

/** Figures of ours that a worker shows at /metrics beside those of the SDK; their unit is in the name. */
export const FIGURES: Readonly<Record<string, string>> = {
  candles: "candles that were stored",
  anchors: "closed candles that were embedded and stored",
  outcomes: "outcomes that have matured, or that corrections changed",
  answers: "questions that were answered",
  abstentions: "answers that abstained",
  errors: "attempts of activities that failed, by type",
  failing_attempts: "how often an activity that is tried again has failed so far; 0: it does no more",
  newest_close_timestamp_seconds:
    "when the newest candle of a series that is followed closed, by the clock of Unix",
  activity_seconds: "how long attempts of activities took",
};

/** Bounds of the times of activities, in seconds: a trifle, a chunk, a training. */
export const ACTIVITY_SECONDS: readonly number[] = [
  0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 300, 1800,
];

/** Metrics by the meter of the SDK; every name begins with `rhyme_`. */
export function workerMetrics(meter: MetricMeter): Metrics {
  const counters = new Map<string, MetricCounter>();
  const gauges = new Map<string, MetricGauge>();
  const histograms = new Map<string, MetricHistogram>();
  const help = (name: string): [undefined, string] => [undefined, FIGURES[name] ?? name];
  return {
    count: (name, by, labels) =>
      made(counters, name, () => meter.createCounter(`rhyme_${name}`, ...help(name))).add(by, tags(labels)),
    gauge: (name, value, labels) =>
      made(gauges, name, () => meter.createGauge(`rhyme_${name}`, "float", ...help(name))).set(
        value,
        tags(labels),
      ),
    observe: (name, value, labels) =>
      made(histograms, name, () => meter.createHistogram(`rhyme_${name}`, "float", ...help(name))).record(
        value,
        tags(labels),
      ),
  };
}

function made<Value>(all: Map<string, Value>, name: string, make: () => Value): Value {
  const known = all.get(name) ?? make();
  all.set(name, known);
  return known;
}

function tags(labels: Labels | undefined): Record<string, string> {
  return { ...labels };
}
