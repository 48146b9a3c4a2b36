// %% [markdown]
// # Which moments does a graph connect, and what does a design change?
//
// An encoder sees a moment through a graph: candles are nodes, and edges say which earlier candles speak to a later
// one. A **design** is the list of rules that draws those edges. This notebook looks at one graph, counts what it
// connects and how far back it hears, and then asks the only question that matters: do other rules find other
// neighbours, and do those know more about what follows?
//
// Without a folder named by `RHYME_DATA` it looks at twenty years of S&P 500 days, which come along; with one, at
// hours of EURUSD. `--param file=… --param symbol=… --param calendar=…` takes yours.

// %% tags=["parameters"]
const file = ""; // empty: an example, see above
const symbol = ""; // of `file`, as the next four; empty: what its name says
const calendar = "24x7"; // 24x7, us-equities, us-futures, fx
const timeframes = "1h,4h,1d"; // fine to coarse; the first is the file's own
const featureSet = "candle16"; // candle16, or close12 for days whose opens nobody measured
const horizon = "4h"; // what is to be known: the range over this span
const drawn = 24; // candles per timeframe in the picture
const seeds = 2; // random layers per design
const k = 100; // neighbours asked, never more than a tenth of what could answer
const questions = 400; // moments of the second half that are asked about

// %% [raw] tags=["ci-parameters"]
// { "seeds": 1, "questions": 200 }

// %% [markdown]
// ## One graph
//
// The newest candles of each timeframe, each where it became **known**, so every edge runs to the right. Click a name
// to hide a kind of edge, drag to look closer, hover for prices. *Earlier to later* joins candles of one timeframe, 1,
// 2, 4, … 32 bars apart; *coarser to finer* tells a candle what the last **closed** bigger one was; *finer to coarser*
// tells a bigger candle, at its close, what happened inside it.

// %%
import {
  buildGraphFromOhlcv,
  defaultDesign,
  edgeSummary,
  featureSetByName,
  featureTables,
  historyGraph,
  hopsTo,
  neighbourBaselines,
  neighbourForecasts,
  createRng,
  rememberInRam,
  sageFamily,
  savedOverSeeds,
  scoreboard,
  scoreNeighbours,
  trialLedger,
  withTrial,
  type Contender,
  type GraphDesign,
  type Memory,
  type NeighbourScore,
} from "rhyme";
import {
  chosenMarket,
  conclusion,
  interruptSignal,
  plot,
  progress,
  readMarket,
  show,
  table,
} from "rhyme/notebook";

const market = chosenMarket({ file, symbol, calendar, timeframes, featureSet, horizon });
const { series, candles } = await readMarket(market, { signal: interruptSignal() });
const standard = defaultDesign(market.timeframes, {
  windows: Object.fromEntries(market.timeframes.map((timeframe) => [timeframe, drawn])),
});
plot(buildGraphFromOhlcv(candles, { design: standard }), { candles });

// %% [markdown]
// ## Edges by kind, degree and age
//
// The same rules over the whole history. *Degree* is how many such edges enter a candle, *age* how long its sender had
// been known by then. Temporal ages are skewed on purpose: many short ones, a few that reach far.

// %%
const features = featureSetByName(market.featureSet);
const tables = featureTables(features, candles);
const history = historyGraph(tables, standard);
const days = (age: number): number => Number((age / 86_400_000).toPrecision(3));
table(
  edgeSummary(history).map(({ kind, from, to, edges, degree, most, medianAge, longestAge }) => ({
    kind,
    from,
    to,
    edges,
    "mean degree": Number(degree.toFixed(2)),
    highest: most,
    "median age, days": days(medianAge),
    "longest, days": days(longestAge),
  })),
  {
    caption: `${history.knownAt.length.toLocaleString("en-GB")} nodes, ${history.senders.length.toLocaleString("en-GB")} edges`,
  },
);

// %% [markdown]
// ## What the newest moment hears
//
// An encoder of two layers hears candles that are at most two edges away, and nothing else. Here is every one of them,
// by how many edges away it is. Whoever wants a design to hear further adds a longer edge or a layer; either costs the
// same as looking further with a plain average.

// %%
const newest = history.nodeTimeframe.lastIndexOf(0);
const hops = hopsTo(history, newest, 3);
const now = history.knownAt[newest]!;
const colours = ["#1f1d1a", "#b3123f", "#0a6c74", "#a06a08"];
const heard = [3, 2, 1, 0].map((hop) => {
  const nodes = Array.from(hops.keys()).filter((node) => hops[node] === hop);
  return {
    type: "scatter",
    mode: "markers",
    name: hop === 0 ? "the newest candle" : `${hop} ${hop === 1 ? "edge" : "edges"} away: ${nodes.length}`,
    x: nodes.map((node) => Math.max(0.02, (now - history.knownAt[node]!) / 86_400_000)),
    y: nodes.map((node) => history.nodeTimeframe[node]! + 0.12 * (hop - 1.5)),
    text: nodes.map((node) => new Date(history.nodeOpenTime[node]!).toISOString().slice(0, 16)),
    hovertemplate: "opened %{text}<extra></extra>",
    marker: { size: hop === 0 ? 10 : 6, color: colours[hop]! },
  };
});
plot({
  data: heard,
  layout: {
    height: 340,
    showlegend: true,
    legend: { orientation: "h", x: 0, y: -0.3, yanchor: "top" },
    margin: { l: 56, r: 16, t: 40, b: 84 },
    xaxis: {
      type: "log",
      autorange: "reversed",
      title: { text: "days before the newest candle was known, log scale" },
    },
    yaxis: { tickvals: [...market.timeframes.keys()], ticktext: market.timeframes, zeroline: false },
  },
});

// %% [markdown]
// ## Designs
//
// Eight sets of rules, from none at all to everything. *No edges* is the design to beat: there an encoder sees the newest
// candle of each timeframe and nothing before it but what the features themselves look back on. Layers are **random**:
// a design is judged by what it lets through, before anybody trains anything (05 asks what training adds).

// %%
const design = (options: Parameters<typeof defaultDesign>[1]): GraphDesign =>
  defaultDesign(market.timeframes, options);
const designs: Readonly<Record<string, GraphDesign>> = {
  "no edges": design({ dilations: [], cross: [] }),
  chain: design({ dilations: [1], cross: [] }),
  "dilated, no cross": design({ cross: [] }),
  "cross only": design({ dilations: [] }),
  standard: design({}),
  "down only": design({ cross: ["down"] }),
  far: design({ dilations: [1, 4, 16, 64] }),
  "weighted by time": design({ weights: "timeDistance" }),
};
const fitUntil = series.knownAt[Math.floor(series.knownAt.length / 2)]!;
const since = series.knownAt.filter((t) => t > fitUntil);
const every = Math.max(1, Math.floor(since.length / questions));
const { source, timeframe } = series;
const asked = {
  series: { source, symbol: series.symbol, timeframe },
  horizon: market.horizon,
  from: fitUntil,
  every,
  k,
};
const signal = interruptSignal();
const options = { horizons: [market.horizon], signal };
const blocks = 8;

const bar = progress("designs", Object.keys(designs).length * seeds);
const memories = new Map<string, Memory>();
const scores = new Map<string, NeighbourScore[]>(); // one per seed
let ledger = trialLedger("squared error saved");
let done = 0;
for (const [name, rules] of Object.entries(designs))
  for (let seed = 1; seed <= seeds; seed++) {
    const encoder = sageFamily.untrained([tables], { design: rules, featureSet: features, seed, fitUntil });
    const memory = await rememberInRam([series], encoder, options);
    const score = scoreNeighbours(await neighbourForecasts(memory, { ...asked, signal }), blocks);
    if (seed === 1) memories.set(name, memory);
    scores.set(name, [...(scores.get(name) ?? []), score]);
    ledger = withTrial(ledger, {
      name,
      settings: { seed, edges: historyGraph(tables, rules).senders.length },
      score: score.saved.mean,
      error: score.saved.error,
    });
    bar.update(++done, name);
  }
bar.end();

// %% [markdown]
// ### Do they find other neighbours?
//
// For the same moments, each as of its own time: the share of the standard design's neighbours that another design
// finds too (1: the same ones), and how old neighbours are. Random layers alone make a difference, so *standard, other
// layers* is what any other share is to be held against.

// %%
const other = sageFamily.untrained([tables], {
  design: designs["standard"]!,
  featureSet: features,
  seed: 99,
  fitUntil,
});
memories.set("standard, other layers", await rememberInRam([series], other, options));

async function neighboursOf(memory: Memory, anchor: number): Promise<Float64Array> {
  const pattern = (await memory.at(asked.series, anchor, anchor))!;
  const scope = { horizon: market.horizon, asOf: anchor, among: "all", timeframe } as const;
  return (await memory.queryColumns({ ...scope, vector: pattern.vector, k })).anchor;
}

const some = since.filter((_, i) => i % (every * 4) === 0);
const found: Record<string, string | number>[] = [];
for (const [name, memory] of memories) {
  let [shared, total] = [0, 0];
  const ages: number[] = [];
  for (const anchor of some) {
    const own = await neighboursOf(memory, anchor);
    const usual = new Set(await neighboursOf(memories.get("standard")!, anchor));
    shared += own.filter((t) => usual.has(t)).length;
    total += own.length;
    ages.push(...own.map((t) => anchor - t));
  }
  found.push({
    design: name,
    "shared with standard": Number((shared / total).toFixed(3)),
    "median age of a neighbour, days": days(Float64Array.from(ages).sort()[ages.length >> 1]!),
  });
}
table(found, { caption: `${some.length} moments, ${k} neighbours each` });

// %% [markdown]
// ### Do they know more?
//
// One honest score. The plain forecast (HAR with its weekly clock, fitted on what had matured) says how large the range
// will be; the neighbours, each as of its own time, say by how much such moments surprised it; half of that is
// believed. *Squared error saved* is what this takes off the plain forecast's: 0 is the plain forecast, below 0 is
// worse. Blocks are stretches of time with equally many questions.

// %%
const first = memories.get("standard")!;
const byChance = scoreNeighbours(await neighbourForecasts(first, { ...asked, random: createRng(1) }), blocks);
const contenders: Contender[] = [
  ...neighbourBaselines(byChance),
  ...[...scores].map(([name, lists]) => ({
    name,
    isBaseline: name === "no edges",
    blocks: savedOverSeeds(lists),
  })),
];
const board = scoreboard(contenders, { measure: "squared error saved" });
await show(board);
ledger;

// %% [markdown]
// ## Answer, evidence, doubts, next

// %%
const standing = (name: string): string => {
  const { mean, error } = board.rows.find((row) => row.name === name)!;
  return `${(100 * mean).toFixed(1)} ± ${(100 * error).toFixed(1)} %`;
};
const shares = found.filter(({ design: name }) => name !== "standard");
conclusion({
  answer: board.verdict,
  evidence: `Squared error saved: standard ${standing("standard")}, no edges ${standing("no edges")}, random neighbours ${standing("random neighbours")}; the plain forecast is 0 by definition. Neighbours shared with the standard design: ${shares.map((row) => `${row["design"]} ${row["shared with standard"]}`).join(", ")}.`,
  doubts: `${ledger.trials.length} trials on one market and one horizon, with random layers; the best of so many is good by chance, and ${blocks} blocks do not show a small gain. Shares of neighbours are of one pair of draws each.`,
  next: "05-train-an-encoder: does training learn anything that random layers do not have?",
});

// %% [markdown]
// *With the parameters as they stand:*
//
// - **Answer.** A graph hears 64 bars of each timeframe in two layers and brings other neighbours. That they know more than
//   those found without any edge is not shown. Other random layers bring other neighbours, too.
// - **Evidence.** Days of the S&P 500, squared error saved: no edges 6.4 ± 0.8 %, the best of seven designs 6.0 ± 0.8 %,
//   standard 5.8 ± 1.0 %, random neighbours 0.4 ± 0.4 %, the plain forecast 0. Hours of EURUSD: no edges 0.8 ± 0.7 %,
//   the best of seven 1.6 ± 0.6 %, standard 0.6 ± 0.6 %, random −1.1 ± 0.5 %: ahead by 0.8 ± 0.5 %, which chance does, too.
//   The standard design shares 41 % (EURUSD 32 %) of its neighbours with itself in other random layers, and 45 % (41 %) with no
//   edges at all.
// - **Doubts.** With 8 blocks a gain below about 1 % would not show. Untrained layers, one horizon per market, two seeds that
//   differ by as much as designs do; shares of neighbours are of one pair of draws each and have no error. Features look
//   back by themselves; with barer features edges would have more to add.
// - **Next.** `05-train-an-encoder`: does training learn anything that random layers do not have?
