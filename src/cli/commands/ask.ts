import type { Command } from "commander";
import { answerPage } from "../../lib/adapters/html/answer-page.ts";
import { answerText } from "../../lib/adapters/text/answer-table.ts";
import type { AmongNames } from "../../lib/recall/question.ts";
import { askFolder, type Asked, logAnswers, naming, withMemory } from "../ask-memory.ts";
import { listOf, numberOf } from "../candle-options.ts";
import { searchedSentence } from "../../lib/memory/searched.ts";
import { addIndexSearchOptions, indexWish, type IndexSearchOptions } from "../index-options.ts";
import { seriesAsOf } from "../../lib/remember/views.ts";
import { pageInput } from "../page-input.ts";
import { interruptSignal } from "../interrupt.ts";
import { assertLive, keepLive, liveSentence } from "../keep-live.ts";
import type { MemoryFolder } from "../../lib/adapters/sqlite/open-memory.ts";
import type { CandleSeries, SeriesKey } from "../../lib/candles/candle-series.ts";
import { iso } from "../../lib/time/units.ts";
import { createUi, type Ui } from "../ui.ts";
import { writeWhole } from "../write-whole.ts";

const EXAMPLES = `Examples:
  ./rhyme ask --memory ./memory --symbol BTCUSDT --horizon 4h              the newest moment
  ./rhyme ask --memory ./memory --symbol BTCUSDT --horizon 4h --at 2023-11-09T14:00Z --k 10
  ./rhyme ask --memory ./memory --symbol SPY --horizon 21d --at 2020-03-16 --html answer.html
  ./rhyme ask --memory ./memory --symbol SPY --horizon 21d --at 2020-03-16 --known-at now
  ./rhyme ask --memory ./memory --symbol BTCUSDT --horizon 4h --index weaviate://127.0.0.1:8585
`;

const NOTES = `
A question is asked as of its moment: nothing that became known later can reach the answer. A date means the close
of that session. The answer is kept in the memory, so that its outcome can be joined later by its id.

--known-at asks about the same moment with what was known later: its candles as corrected by then, and every moment
whose outcome was known by then, except those that share time with the horizon asked about. Such an answer says so.
Corrections count from when you remembered them: --known-at now has them all. ./rhyme explain-change ID says which one
changed an answer; its id is the last line.

With --index the answer says in \`searched\` what was searched: where the index fails or is behind, the memory itself;
\`exact\` is false where the index did not compare all moments that may answer, and may have missed near ones.
--live writes the newest moment (default channel only) to LiveMarketState for a day; an anomaly to AnomalyPattern too.`;

interface AskCommandOptions extends IndexSearchOptions {
  readonly memory: string;
  readonly tenant: string;
  readonly symbol?: string;
  readonly source?: string;
  readonly timeframe?: string;
  readonly encoder?: string;
  readonly channel?: string;
  readonly at?: string;
  readonly knownAt?: string;
  readonly horizon: string;
  readonly k: number;
  readonly among?: readonly string[];
  readonly hindsight?: boolean;
  readonly live?: boolean;
  readonly html?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** `./rhyme ask`: the answer for one anchor. */
export function addAsk(program: Command): void {
  const command = program
    .command("ask")
    .summary("what rhymes with a moment, what followed, how far to trust it")
    .description("Answers for one moment of a remembered series.")
    .requiredOption("--memory <folder>", "the memory to ask")
    .requiredOption("--horizon <time>", "how far ahead, such as 4h or 21d")
    .option("--symbol <name>", "which series; also --source, --timeframe, --encoder in doubt")
    .option("--source <name>", "who published the candles")
    .option("--timeframe <name>", "base timeframe of the series")
    .option("--encoder <version>", "through which encoder (default: the one that --channel reads)")
    .option("--channel <name>", "through whose version, where several are read (default: default)")
    .option("--at <time>", "an instant with its zone, or a date (default: the newest)")
    .option("--known-at <time>", "with what was known by then: now, or an instant or date after the moment")
    .option("--k <count>", "how many episodes to show", numberOf("--k", 1), 10)
    .option(
      "--among <which>",
      "whose memories: all (default; only it has a record), same, or S1,S2",
      listOf("--among"),
    )
    .option("--hindsight", "allow a moment that the encoder was fitted on; the answer says so")
    .option("--tenant <name>", "whose memory", "default");
  addIndexSearchOptions(command)
    .option("--live", "keep the newest moment as the live state of its series in the index, and judge it")
    .option("--html <file>", "also write the answer as one self-contained page")
    .option("--json", "one JSON document on stdout, all else on stderr")
    .option("--quiet", "no remarks")
    .addHelpText("before", EXAMPLES)
    .addHelpText("after", NOTES)
    .action(run);
}

async function run(options: AskCommandOptions): Promise<void> {
  const ui = createUi(options);
  const { memory } = options;
  const index = indexWish(options, options.live ? "admin" : "read"); // a first live state makes its collection
  const tools = { ui, signal: interruptSignal() };
  const { asked, live } = await withMemory(memory, async (folder) => {
    if (options.live) assertLive(options, index);
    const asked = await askFolder(folder, { ...options, among: amongOf(options.among), index });
    if (options.html !== undefined) writePage(folder, asked, options.html, ui);
    return { asked, live: options.live ? await keepLive(folder, asked, index!, tools) : null };
  });
  const { answer, searched, candles } = asked;
  for (const note of asked.notes) ui.note(note);
  if (options.json) ui.json({ ...answer, ...(searched ? { searched } : {}), ...(live ? { live } : {}) });
  else {
    const beside = [...(searched ? [searchedSentence(searched)] : []), ...(live ? [liveSentence(live)] : [])];
    ui.out([answerText(answer, naming(candles)).trimEnd(), ...beside, `answer ${answer.id}`].join("\n\n"));
  }
  const why = logAnswers(memory, [answer], Date.now());
  if (why !== null) ui.note(`not kept in the prediction log: ${why}`);
}

function writePage(folder: MemoryFolder, asked: Asked, path: string, ui: Ui): void {
  const { encoder, searched } = asked;
  const timeframes = encoder.design.timeframes;
  const asOf = Date.parse(asked.answer.question.asOf);
  const fitted = `Encoder ${encoder.version} was fitted on what was known by ${iso(encoder.knownAt)}.`;
  const notes = [fitted, ...(searched ? [searchedSentence(searched)] : []), ...asked.notes];
  const read = (key: SeriesKey): CandleSeries => seriesAsOf(folder.candles, key, asOf);
  writeWhole(path, answerPage(pageInput({ ...asked, timeframes, notes, read })));
  ui.note(`page: ${path}`);
}

function amongOf(list: readonly string[] = ["all"]): AmongNames {
  return list.length === 1 && (list[0] === "all" || list[0] === "same") ? list[0] : list;
}
