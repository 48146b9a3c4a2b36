// %% imports
import {
  byTimeframe,
  calendarByName,
  computeFeature,
  defaultDesign,
  featureSetByName,
  featureTables,
  historyGraph,
  labelHorizon,
  lookAhead,
  qualityReport,
  readCandles,
  rsi,
  sageFamily,
  wilderAtr,
  type CandlesByTimeframe,
} from "rhyme";
import { plot } from "rhyme/notebook";

// %% read 100,000 candles of 5 minutes
const calendar = calendarByName("24x7");
const read = await readCandles([process.env["COMPARE_FILE"]!], {
  symbol: "BTCUSDT",
  calendar,
  now: Date.now(),
});
const { series, ledger, findings } = read;

// %% draw them
plot(series);

// %% what is missing, what is odd
qualityReport(series, ledger, findings);

// %% hours from them
const candles = byTimeframe(series, ["5m", "1h"]);

// %% average true range and relative strength
const features = { ...computeFeature(wilderAtr(), candles, "5m"), ...computeFeature(rsi(), candles, "5m") };
features["rsi14"]!.at(-1);

// %% where the close lies within the last closed hour
function hourPosition(candles: CandlesByTimeframe) {
  const [base, hours] = [candles["5m"]!, candles["1h"]!];
  let hour = -1;
  const position = Array.from(base.knownAt, (now, row) => {
    while (hours.knownAt[hour + 1]! <= now) hour++;
    return hour < 0 ? null : (base.close[row]! - hours.low[hour]!) / (hours.high[hour]! - hours.low[hour]!);
  });
  return { position };
}
hourPosition(candles).position.at(-1);

// %% does that look ahead?
await lookAhead(hourPosition, candles, { instants: 30 });

// %% a graph of bars and hours
const featureSet = featureSetByName("candle16");
const design = defaultDesign(["5m", "1h"]);
const tables = featureTables(featureSet, candles);
const graph = historyGraph(tables, design);
graph.senders.length;

// %% embeddings of two GraphSAGE layers, untrained
const encoder = sageFamily.untrained([tables], { design, featureSet, hidden: 32, dim: 32 });
const { vectors, anchors, rows, dim } = encoder.encodeHistory(tables);

// %% the 25 nearest moments whose next hour was known, and what followed
const followed = labelHorizon(series, "1h");
const now = anchors.length - 1;
const newest = vectors.subarray(now * dim);
const nearest = Array.from(anchors.keys())
  .filter((i) => followed.matureAt[rows[i]!]! <= anchors[now]!)
  .map((i) => ({ i, likeness: newest.reduce((sum, value, d) => sum + value * vectors[i * dim + d]!, 0) }))
  .sort((a, b) => b.likeness - a.likeness)
  .slice(0, 25);
nearest.map(({ i, likeness }) => ({
  when: new Date(anchors[i]!),
  likeness,
  followed: followed.values.return[rows[i]!],
}));
