import type { Command } from "commander";
import { readCandles } from "../../lib/adapters/files/read-candles.ts";
import { byTimeframe } from "../../lib/candles/resample.ts";
import type { CandleSeries } from "../../lib/candles/candle-series.ts";
import { compareEmbeddings } from "../../lib/encoder/compare-embeddings.ts";
import type { Embeddings } from "../../lib/encoder/encoder.ts";
import type { GnnEncoder } from "../../lib/encoder/gnn/gnn-encoder.ts";
import { RhymeError } from "../../lib/errors.ts";
import { featureSetByName } from "../../lib/features/feature-sets.ts";
import { featureTables } from "../../lib/features/feature-table.ts";
import { createRng } from "../../lib/math/rng.ts";
import { addCandleOptions, numberOf, readingOptions, type CandleOptions } from "../candle-options.ts";
import { createUi, type Cell } from "../ui.ts";
import { readGnn } from "./read-gnn.ts";

interface CompareCommandOptions extends CandleOptions {
  readonly data: readonly string[];
  readonly k: number;
  readonly questions: number;
  readonly seed: number;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** `./rhyme encoder compare A B --data FILE…`: how alike two encoders see the same candles. */
export function addCompare(command: Command): void {
  const compare = command
    .command("compare")
    .summary("two artefacts on the same candles")
    .description("Which neighbours both name, whether far is far for both, and the scores of their fittings.")
    .argument("<a>", "an artefact")
    .argument("<b>", "another")
    .requiredOption("--data <file...>", "candles of one series")
    .option("--symbol <name>", "of the files (default: from their names)")
    .option("--timeframe <name>", "such as 5m, 1h, 1d (default: the commonest step)");
  addCandleOptions(compare)
    .option("--k <count>", "neighbours of a question", numberOf("--k", 1), 10)
    .option("--questions <count>", "anchors that are asked about", numberOf("--questions", 1), 200)
    .option("--seed <number>", "of the draw", numberOf("--seed"), 1)
    .option("--json", "one JSON document on stdout, all else on stderr")
    .option("--quiet", "no remarks, no progress")
    .action(run);
}

async function run(a: string, b: string, options: CompareCommandOptions): Promise<void> {
  const ui = createUi(options);
  const encoders = [await readGnn(a), await readGnn(b)] as const;
  const { series } = await readCandles(options.data, readingOptions(options, options.data[0]));
  const [left, right] = encoders.map((encoder) => encoded(encoder, series)) as [Embeddings, Embeddings];
  const { k, questions, seed } = options;
  const compared = compareEmbeddings(left, right, { rng: createRng(seed), k, questions });
  if (!compared)
    throw new RhymeError("input", {
      place: options.data.join(" "),
      expected: "more anchors that both encoders have",
      received: `${left.rows.length} and ${right.rows.length} anchors`,
      remedy: "Give more candles.",
    });
  const scores = encoders.map(({ origin }) => origin.scores);
  if (options.json)
    return ui.json({
      schema: "rhyme.encoder-comparison/1",
      ...{ a: encoders[0].version, b: encoders[1].version, symbol: series.symbol, ...compared },
      scores: { a: scores[0], b: scores[1] },
    });
  const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
  const names = [...new Set(scores.flatMap((one) => Object.keys(one)))];
  ui.out(`${series.symbol}: ${compared.anchors.toLocaleString("en-US")} anchors that both have`);
  ui.table([
    ["", "", "by chance"],
    [`same of ${k} nearest earlier anchors`, percent(compared.overlap), percent(compared.overlapByChance)],
    ["rank correlation of distances", compared.distanceCorrelation.toFixed(3), "0"],
  ]);
  ui.table([
    ["score", encoders[0].version, encoders[1].version],
    ["known at", ...encoders.map(({ knownAt }) => new Date(knownAt).toISOString())],
    ...names.map((name): Cell[] => [name, ...scores.map((one) => one[name] ?? null)]),
  ]);
}

function encoded(encoder: GnnEncoder, series: CandleSeries): Embeddings {
  const [base] = encoder.design.timeframes;
  if (series.timeframe !== base)
    throw new RhymeError("mismatch", {
      place: "--data",
      expected: `candles of ${base!}, the base of ${encoder.version}`,
      received: series.timeframe,
      remedy: "Give candles of that timeframe.",
    });
  const candles = byTimeframe(series, encoder.design.timeframes);
  return encoder.encodeHistory(featureTables(featureSetByName(encoder.featureSet), candles));
}
