import type { Command } from "commander";
import type { ComparedJudgement } from "../../lib/anomaly/anomaly.ts";
import { RhymeError } from "../../lib/errors.ts";
import { iso } from "../../lib/time/units.ts";
import { withMemory } from "../ask-memory.ts";
import { numberOf } from "../candle-options.ts";
import { findAnomalies, type AnomalyReport } from "../find-anomalies.ts";
import { interruptSignal } from "../interrupt.ts";
import { createUi, type Ui } from "../ui.ts";

const EXAMPLES = `Examples:
  ./rhyme anomalies --memory ./memory --symbol BTCUSDT                       the newest moment
  ./rhyme anomalies --memory ./memory --symbol SPY --at 2020-03-16
  ./rhyme anomalies --memory ./memory --symbol BTCUSDT --from 2023-08-01 --to 2023-08-31 --alpha 0.005
  ./rhyme anomalies --memory ./memory --symbol SPY --from 2018-01-01 --json | jq '.anomalies[].at'
`;

const NOTES = `
A moment has two scores, both as of itself: its mean distance to the nearest episodes whose outcome was known, and how
far its newest candles are from what the rest of it led to expect. A p-value is the share of past moments that scored at
least as high; an anomaly is one with a p-value of both ≤ --alpha. On real series the rate of alarms is near alpha over
years and far from it within one: calm years have none, a new regime has many (docs/anomalies.md). No p-value is corrected
for how many moments are asked about: of 1,000 at 0.01 about 10 are false alarms, in runs, for neighbours share candles.`;

interface AnomaliesOptions {
  readonly memory: string;
  readonly tenant: string;
  readonly symbol?: string;
  readonly source?: string;
  readonly timeframe?: string;
  readonly encoder?: string;
  readonly horizon?: string;
  readonly at?: string;
  readonly from?: string;
  readonly to?: string;
  readonly alpha: number;
  readonly k: number;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** `./rhyme anomalies`: which moments are unlike their past. */
export function addAnomalies(program: Command): void {
  program
    .command("anomalies")
    .summary("which moments are unlike their past, with a p-value each")
    .description("Judges moments of a remembered series by what was known at each of them.")
    .requiredOption("--memory <folder>", "the memory")
    .option("--symbol <name>", "which series; also --source, --timeframe, --encoder where that is ambiguous")
    .option("--source <name>", "who published the candles")
    .option("--timeframe <name>", "base timeframe of the series")
    .option("--encoder <version>", "through which encoder")
    .option("--at <time>", "one moment: an instant with its zone, or a date (default: the newest)")
    .option("--from <time>", "all moments from then on")
    .option("--to <time>", "all moments up to then")
    .option("--alpha <share>", "accepted share of false alarms", shareOf, 0.01)
    .option("--horizon <time>", "neighbours must have matured over it (default: the first remembered)")
    .option("--k <count>", "how many episodes are near", numberOf("--k", 1), 10)
    .option("--tenant <name>", "whose memory", "default")
    .option("--json", "one JSON document on stdout, all else on stderr")
    .option("--quiet", "no remarks, no progress")
    .addHelpText("before", EXAMPLES)
    .addHelpText("after", NOTES)
    .action(run);
}

async function run(options: AnomaliesOptions): Promise<void> {
  const ui = createUi(options);
  const signal = interruptSignal();
  const report = await withMemory(options.memory, (folder) =>
    findAnomalies(folder, { ...options, ui, signal }),
  );
  if (options.json) ui.json(documentOf(report));
  else print(ui, report);
}

function documentOf({ anomalies, single: _single, ...rest }: AnomalyReport): object {
  return { schema: "rhyme.anomalies/1", ...rest, anomalies: anomalies.map(entryOf) };
}

function entryOf({
  anchor,
  calibration,
  nearestNormal,
  nearestAnomalous,
  ...rest
}: ComparedJudgement): object {
  const when = (t: number | null): string | null => (t === null ? null : iso(t));
  const near = (one: typeof nearestNormal): object | null => one && { ...one, anchor: iso(one.anchor) };
  return {
    at: iso(anchor),
    ...rest,
    calibration: { ...calibration, from: when(calibration.from), to: when(calibration.to) },
    ...{ nearestNormal: near(nearestNormal), nearestAnomalous: near(nearestAnomalous) },
  };
}

function print(ui: Ui, report: AnomalyReport): void {
  const { series, judged, unjudged, alpha, anomalies } = report;
  const rows = anomalies.map((one) => [
    iso(one.anchor),
    one.pValue === null ? null : one.pValue.toFixed(4),
    pText(one.distance.pValue),
    pText(one.residual.pValue),
    surpriseOf(one),
    nearOf(one.nearestNormal),
    nearOf(one.nearestAnomalous),
  ]);
  const head = [
    "moment",
    "p",
    "p distance",
    "p residual",
    "most surprising",
    "nearest normal",
    "nearest anomalous",
  ];
  if (rows.length > 0) ui.table([head, ...rows]);
  if (rows.length > 0) ui.out("");
  const name = `${series.symbol} ${series.timeframe}`;
  if (report.single) ui.out(`${name}: ${verdictOf(anomalies[0]!)}`);
  else {
    const share = judged === 0 ? "" : ` (${((100 * report.alarms) / judged).toFixed(2)} %)`;
    const chance = report.expectedByChance.toFixed(1);
    ui.out(
      `${name}: ${report.alarms} of ${judged} moments${share} are unlike their past at p ≤ ${alpha}; by chance about ${chance} (${Number((100 * alpha).toPrecision(3))} %).`,
    );
    if (report.alarms > 1)
      ui.note(
        "alarms come in runs: neighbouring moments share candles, so they are fewer events than moments",
      );
  }
  if (unjudged > 0 && !report.single) ui.note(`${unjudged} moments have too little past to be judged`);
}

function verdictOf({ pValue, anomalous, alpha, calibration: { count } }: ComparedJudgement): string {
  if (pValue === null) return `nothing can be said: ${count} past moments are too few.`;
  const past = `held against ${count} past moments`;
  return anomalous ? `unlike its past (p ≤ ${alpha}), ${past}.` : `nothing unusual (p > ${alpha}), ${past}.`;
}

function pText(p: number | null): string | null {
  return p === null ? null : p.toFixed(4);
}

function surpriseOf({ residual: { largest } }: ComparedJudgement): string | null {
  if (largest === null) return null;
  const { timeframe, feature, deviation } = largest;
  return `${timeframe} ${feature} ${deviation > 0 ? "+" : "−"}${Math.abs(deviation).toFixed(1)} sd`;
}

function nearOf(near: ComparedJudgement["nearestNormal"]): string | null {
  return near && `${iso(near.anchor)} (${near.distance.toFixed(2)})`;
}

function shareOf(text: string): number {
  const share = text.trim() === "" ? NaN : Number(text);
  if (share > 0 && share < 1) return share;
  throw new RhymeError("usage", {
    place: "--alpha",
    expected: "a share between 0 and 1",
    received: JSON.stringify(text),
    remedy: "Write for example --alpha 0.01",
  });
}
