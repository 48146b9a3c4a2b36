// %% [markdown]
// # What would your own data have to say?
//
// Bring a file of candles; leave with an answer, and with the record of how such answers have done. The four steps are
// those of the command line, on the same code: **check, remember, ask, trust**.
//
// ```sh
// ./rhyme notebook export notebooks/11-your-own-data.ipynb --param file=BTCUSDT-5m.csv.gz --param calendar=24x7 \
//   --param timeframes=5m,30m,1h,4h --param horizon=4h
// ```
//
// A year of 5-minute candles takes some minutes, twenty years of days half of one.

// %% tags=["parameters"]
const file = ""; // CSV, CSV.gz or Parquet; empty: days of SPY where RHYME_DATA is set, else of the S&P 500
const symbol = ""; // empty: what the name of the file says
const calendar = "us-equities"; // 24x7, us-equities, us-futures, fx
const timeframes = "1d,1w,1mo"; // fine to coarse; the coarser ones are made from the finest
const horizon = "21d"; // how far ahead: 4h, 5d, 21d
const at = ""; // the moment to ask about, an instant or a date; empty: the newest
const fitUntil = ""; // the encoder is fitted on what was known by then; empty: on the first 40 % of the history
const repair = ""; // kinds of findings to repair, such as lost-decimal-point; empty: none

// %% [raw] tags=["ci-parameters"]
// { "fitUntil": "2002-12-31" }

// %% [markdown]
// ## Check: what does the file hold?
//
// Times may be epoch numbers or ISO 8601, columns may bear the names of most vendors. What had to be assumed is said. A file
// that cannot be used ends here, with its line and with what to do. What else a file may need (`zone`, `scale`, `columns`,
// `ask`; `./rhyme check --help` says what they are) goes into `reading`.

// %%
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { calendarByName, qualityReport, readCandles } from "rhyme";
import { counted } from "rhyme/adapters/text/words";
import { REPAIRABLE_KINDS, repairsNamed } from "rhyme/candles/repairs";
import {
  conclusion,
  dataFile,
  exampleFile,
  interruptSignal,
  markdown,
  namedIn,
  show,
  table,
} from "rhyme/notebook";

const path = file !== "" ? file : (dataFile("equities/SPY-1d.csv.gz") ?? exampleFile());
const name = symbol !== "" ? symbol : path === exampleFile() ? "SP500" : null;
const now = Date.now();
const reading = () => ({
  calendar: calendarByName(calendar),
  now,
  signal: interruptSignal(),
  repair: [...repairsNamed(namedIn(repair))],
  ...(name === null ? {} : { symbol: name }),
});
const read = await readCandles([path], reading());
const report = qualityReport(read.series, read.ledger, read.findings);
read;

// %% [markdown]
// _Errors_ are what contradicts itself; a memory takes it as it is unless you have it repaired. Which kinds there are,
// where the first of each stands, and whether it can be repaired:

// %%
const firsts = report.kinds.map(({ kind, severity, says, findings: times }) => {
  const { file: where, line, time, value } = read.findings.find((finding) => finding.kind === kind)!;
  const place = `${basename(where)}${line === null ? "" : `:${line}`}`;
  const remedy = (REPAIRABLE_KINDS as readonly string[]).includes(kind) ? `repair = "${kind}"` : "look at it";
  return { severity, says, times, first: place, when: time === null ? null : new Date(time), value, remedy };
});
const { missing, missingOnWeekends } = report.gaps;
if (missing > 20 && missingOnWeekends > missing / 2)
  await show(
    markdown(
      `**Most of the ${missing} missing bars lie on weekends: does this market close?** Set \`calendar\`.`,
    ),
  );
firsts.length > 0 ? table(firsts, { caption: "findings" }) : "no findings";

// %% [markdown]
// ## Remember
//
// Into a memory of its own, which the last cell deletes: the candles, a vector for every moment, what followed each, and
// the record of past questions. The encoder is fitted on the first 40 % of the history, or until `fitUntil`, and answers for the rest alone.
// The same as `./rhyme remember`.

// %%
import { rememberFiles } from "../src/cli/remember-files.ts";
import { notebookUi } from "../src/cli/notebook/notebook-ui.ts";

const memory = mkdtempSync(join(tmpdir(), "rhyme-notebook-"));
const ui = notebookUi();
const remembered = await rememberFiles([path], {
  memory,
  tenant: "default",
  timeframes: namedIn(timeframes),
  horizons: [horizon],
  now,
  reading,
  given: { repair, fitUntil },
  ...(fitUntil === "" ? {} : { fitUntil }),
  ui,
  signal: interruptSignal(),
  ...(name === null ? {} : { symbol: name }),
});
const [{ key, written, labelled, records }] = remembered.series as [(typeof remembered.series)[number]];
table([
  {
    series: `${key.symbol} ${key.timeframe}`,
    moments: written,
    "with an outcome": labelled[horizon]!,
    "past questions": records[horizon]!,
    encoder: remembered.encoder.why,
    "known at": new Date(remembered.encoder.knownAt),
  },
]);

// %% [markdown]
// ## Ask
//
// As of the moment itself: nothing that became known later can reach the answer. The same as `./rhyme ask`.

// %%
import { askFolder, withMemory } from "../src/cli/ask-memory.ts";

const asked = await withMemory(memory, (folder) =>
  askFolder(folder, {
    ...{ memory, tenant: "default", ...key, horizon, k: 10, among: "all" },
    ...(at === "" ? {} : { at }),
  }),
);
for (const note of asked.notes) await show(markdown(`_${note}_`));
const { answer } = asked;
answer;

// %% [markdown]
// Where it abstains it says why, and that is an answer too. For comparison, then, the last moment that it did answer.

// %%
const { moments } = asked.record!;
const last = moments.abstained.lastIndexOf(0);
const answered =
  !answer.abstained || last < 0
    ? answer
    : (
        await withMemory(memory, (folder) =>
          askFolder(folder, {
            ...{ memory, tenant: "default", ...key, horizon, k: 10, among: "all" },
            at: new Date(moments.anchor[last]!).toISOString(),
          }),
        )
      ).answer;
answer.abstained && last >= 0 ? answered : "it answered";

// %% [markdown]
// ## Trust
//
// Every past question was asked as of its own time. What was said then, beside what a plain model, persistence and
// climatology would have said, scored on what came. The same as `./rhyme trust`.

// %%
import { trustMemory } from "../src/cli/trust-memory.ts";

const trusted = await trustMemory({
  ...{ memory, tenant: "default", ...key, horizon, refit: "never", seed: 1, resamples: 500 },
  ...{ ui, signal: interruptSignal() },
});
trusted.report;

// %% [markdown]
// ## Answer, evidence, doubts, next

// %%
const [level, signed] = [
  (share: number): string => `${(100 * share).toFixed(1)} %`,
  (share: number): string => `${share < 0 ? "−" : "+"}${Math.abs(100 * share).toFixed(1)} %`,
];
const scores = trusted.report.labels.return.methods;
const crps = (method: string): string =>
  scores.find((one) => one.method === method)!.crps.value.toPrecision(4);
const bandOf = ({ question, distribution, reason }: typeof answer): string => {
  const quantiles = distribution?.roc.quantiles;
  if (!quantiles) return `${question.anchor}: it abstains, ${reason ?? ""}`.replace(/\.$/, "");
  return `${question.anchor}: ${signed(quantiles["0.1"])} to ${signed(quantiles["0.9"])} over ${horizon} (80 % band)`;
};
conclusion({
  answer: [
    `${key.symbol} at ${bandOf(answer)}.`,
    ...(answered === answer ? [] : [`The last moment that was answered, ${bandOf(answered)}.`]),
  ].join(" "),
  evidence: `${trusted.report.sentence} CRPS of the return: ${crps("recall")} the answer, ${crps("withoutRecall")} without recall, ${crps("harClock")} HAR with its clock, ${crps("persistence")} persistence, ${crps("climatology")} climatology; ${trusted.report.answered} answers, ${trusted.report.effective} that do not overlap, ${level(trusted.report.abstentions)} abstained.`,
  doubts: `${counted(report.errors, "error")} and ${counted(report.warnings, "warning")} in the file, ${counted(missing, "bar")} missing; one series, one encoder, one split of its history. How the encoder reads a graph was chosen on some of the files that come along.`,
  next: "another file, another horizon; what of it is real shows when both agree.",
});

// %%
rmSync(memory, { recursive: true, force: true }); // to keep one, use ./rhyme remember, or openMemoryFolder

// %% [markdown]
// *With the parameters as they stand:*
//
// - **Answer.** For the newest day of the S&P 500, 17 April 2020, it abstains: the neighbours disagree more than they ever
//   do. For 1 April it said −14.6 % to +16.3 % over 21 days. For SPY at the end of March 2021: −5.6 % to +5.4 %.
// - **Evidence.** 549 past answers (124 that do not overlap), each asked as of its own day: the 80 % band held 79.6 % of the
//   time; CRPS 0.02364 with recall and without, 0.02361 for HAR, 0.02386 for persistence, 0.02444 for climatology. SPY: 627
//   answers, 79.4 %, 0.02330 against 0.02318 for persistence. On the S&P 500 recall changed no answer.
// - **Doubts.** One series, one encoder, one split of its history; prices as the file has them. How the encoder reads its
//   graph was chosen on the S&P 500, too.
// - **Next.** Another file, another horizon.
