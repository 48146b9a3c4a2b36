import { mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { homedir } from "node:os";
import path from "node:path";
import type { Command } from "commander";
import { answerPage } from "../../lib/adapters/html/answer-page.ts";
import { answerText } from "../../lib/adapters/text/answer-table.ts";
import type { SeriesKey } from "../../lib/candles/candle-series.ts";
import { seriesAsOf } from "../../lib/remember/views.ts";
import { calendarUsEquities } from "../../lib/time/calendar-us-equities.ts";
import { askFolder, logAnswers, naming, withMemory, type Asked } from "../ask-memory.ts";
import { codeHash } from "../code-hash.ts";
import { interruptSignal } from "../interrupt.ts";
import { pageInput } from "../page-input.ts";
import { rememberFiles } from "../remember-files.ts";
import { createUi, type Ui } from "../ui.ts";
import { writeWhole } from "../write-whole.ts";
import { printRemembered } from "./remember.ts";

const EXAMPLES = `Examples:
  ./rhyme demo                              the page, and the same answer as a table
  ./rhyme demo --html ~/rhyme.html          elsewhere
  ./rhyme demo --json | jq .answer.trust
`;

const SYMBOL = "SP500";
const NAME = "the S&P 500";
const TIMEFRAMES = ["1d", "1w", "1mo"];
const HORIZON = "21d";
const FIT_UNTIL = "2009-12-31";
/** The first that is answered leads; the other shows what abstaining looks like. Never tuned to either date. */
const QUESTIONS = ["2020-03-16", "2018-02-05"] as const;

const NOTES = [
  "The encoder was fitted on what was known by the end of 2009 and has learnt nothing since. Every answer in the record was asked as of its own day, from then on.",
  "In this file nearly every open equals the previous close until 2005 and none does after 2016, so no feature reads an open.",
  "Timeframes: days, with weeks and months built from them; a week or month counts only once it has closed.",
];

interface DemoOptions {
  readonly html: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** `./rhyme demo`: twenty years of the S&P 500, from file to page. */
export function addDemo(program: Command): void {
  program
    .command("demo")
    .summary("what rhymes with 16 March 2020 in twenty years of the S&P 500, as a page")
    .description("The whole arrow on real daily candles: read, check, embed, remember, ask, show.")
    .option("--html <file>", "where the page goes", "rhyme-demo.html")
    .option("--json", "one JSON document on stdout, all else on stderr")
    .option("--quiet", "no remarks, no progress")
    .addHelpText("before", EXAMPLES)
    .action(run);
}

async function run(options: DemoOptions): Promise<void> {
  const ui = createUi(options);
  const memory = demoMemory();
  ui.note(`S&P 500, daily, January 2000 to April 2020; memory in ${memory}\n`);
  await build(memory, ui);
  const { lead, example } = await ask(memory);
  const page = await pageOf(memory, lead, example);
  writeWhole(options.html, page);
  logAnswers(memory, [lead.answer, ...(example ? [example.answer] : [])], Date.now());
  if (options.json)
    ui.json({ schema: "rhyme.demo/1", answer: lead.answer, example: example?.answer ?? null });
  else {
    const words = { ...naming(lead.candles), name: NAME };
    ui.out(answerText(lead.answer, words));
    if (example) ui.out(`\n${answerText(example.answer, words)}`);
  }
  ui.note(`\nThe page: ${path.resolve(options.html)}`);
  ui.note(`Ask more: ./rhyme ask --memory ${memory} --horizon ${HORIZON} --at 2018-12-24`);
}

/** One memory per state of the code, so that an older one never answers for a newer one. */
function demoMemory(): string {
  const cache = process.env["XDG_CACHE_HOME"] || path.join(homedir(), ".cache");
  const folder = path.join(cache, "rhyme", "demo");
  mkdirSync(folder, { recursive: true });
  return path.join(folder, codeHash());
}

async function build(memory: string, ui: Ui): Promise<void> {
  // The package exports its code only; the data lies beside it.
  const code = createRequire(import.meta.url).resolve("vega-datasets");
  const data = path.join(path.dirname(code), "..", "data", "sp500-2000.csv");
  const now = Date.now();
  const summary = await rememberFiles([data], {
    memory,
    tenant: "default",
    timeframes: TIMEFRAMES,
    horizons: [HORIZON],
    fitUntil: FIT_UNTIL,
    symbol: SYMBOL,
    now,
    given: { fitUntil: FIT_UNTIL },
    reading: () => ({ symbol: SYMBOL, source: "vega-datasets", calendar: calendarUsEquities, now }),
    ui,
    signal: interruptSignal(),
  });
  const aside: Ui = { ...ui, out: (text) => ui.note(text), table: () => undefined };
  printRemembered(aside, summary, memory);
}

async function ask(memory: string): Promise<{ lead: Asked; example: Asked | null }> {
  return withMemory(memory, async (folder) => {
    const asked = (at: string): Promise<Asked> =>
      askFolder(folder, {
        memory,
        tenant: "default",
        symbol: SYMBOL,
        at,
        horizon: HORIZON,
        k: 10,
        among: "all",
      });
    const first = await asked(QUESTIONS[0]);
    if (!first.answer.abstained) return { lead: first, example: null };
    return { lead: await asked(QUESTIONS[1]), example: first };
  });
}

async function pageOf(memory: string, lead: Asked, example: Asked | null): Promise<string> {
  return withMemory(memory, async (folder) => {
    const anchor = Date.parse(lead.answer.question.anchor);
    const read = (key: SeriesKey): Asked["candles"] => seriesAsOf(folder.candles, key, anchor);
    const input = pageInput({ ...lead, timeframes: TIMEFRAMES, notes: NOTES, symbolName: NAME, read });
    const title = "16 March 2020: an example of abstaining";
    return answerPage(example ? { ...input, example: { answer: example.answer, title } } : input);
  });
}
