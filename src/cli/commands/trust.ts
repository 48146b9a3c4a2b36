import type { Command } from "commander";
import { Option } from "commander";
import { trustPage } from "../../lib/adapters/html/trust-page.ts";
import { trustText } from "../../lib/adapters/text/trust-table.ts";
import { searchedSentence } from "../../lib/memory/searched.ts";
import { RhymeError } from "../../lib/errors.ts";
import { numberOf } from "../candle-options.ts";
import { addIndexSearchOptions, indexWish, type IndexSearchOptions } from "../index-options.ts";
import { interruptSignal } from "../interrupt.ts";
import { trustMemory } from "../trust-memory.ts";
import { createUi } from "../ui.ts";
import { writeWhole } from "../write-whole.ts";

const EXAMPLES = `Examples:
  ./rhyme trust --memory ./memory --horizon 4h                             how far can its answers be trusted?
  ./rhyme trust --memory ./memory --horizon 4h --symbol ETHUSDT --from 2023-06-01 --to 2023-12-31
  ./rhyme trust --memory ./fx --horizon 4h --refit yearly --html trust.html     one encoder a year
  ./rhyme trust --memory ./memory --horizon 21d --json | jq .sentence
`;

const NOTES = `
Replays past moments from when the encoder was known, each asked strictly as of its own time, and scores what was
said beside climatology, persistence, HAR, HAR + hour of week and the same answer without its recall part, all on the
same moments. At most about 2,000 evenly spaced moments per series. Same bytes for the same seed. A span given in
dates means whole days on the market's clock. --refit yearly forgets the memory's encoder and walks forward: one is
fitted each 1 January on what was known before. That takes minutes a year, and begins anew when it is stopped.
With --index every question is asked of the index, --index-deadline each, and nothing is kept.`;

interface TrustCommandOptions extends IndexSearchOptions {
  readonly memory: string;
  readonly tenant: string;
  readonly horizon: string;
  readonly symbol?: string;
  readonly source?: string;
  readonly timeframe?: string;
  readonly encoder?: string;
  readonly channel?: string;
  readonly from?: string;
  readonly to?: string;
  readonly refit: "never" | "yearly";
  readonly seed: number;
  readonly resamples: number;
  readonly html?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** `./rhyme trust`: past answers of a memory against their baselines. */
export function addTrust(program: Command): void {
  const command = program
    .command("trust")
    .summary("how far the answers of a memory could be trusted")
    .description("Replays the past of a memory and scores its answers against plain baselines.")
    .requiredOption("--memory <folder>", "the memory to replay")
    .requiredOption("--horizon <time>", "how far ahead, such as 4h or 21d")
    .option("--from <time>", "only moments from then on: an instant with its zone, or a date")
    .option("--to <time>", "only moments up to then")
    .addOption(
      new Option("--refit <when>", "how often an encoder is fitted anew")
        .choices(["never", "yearly"])
        .default("never"),
    )
    .option("--symbol <name>", "only this series (default: all); also --source, --timeframe, --encoder")
    .option("--source <name>", "who published the candles")
    .option("--timeframe <name>", "base timeframe of the series")
    .option("--encoder <version>", "through which encoder (default: the one that --channel reads)")
    .option("--channel <name>", "through whose version, where several are read (default: default)")
    .option("--tenant <name>", "whose memory", "default")
    .option("--seed <number>", "of the bootstrap", wholeNumber("--seed", 0), 1)
    .option("--resamples <count>", "of the bootstrap", wholeNumber("--resamples", 100), 1000);
  addIndexSearchOptions(command)
    .option("--html <file>", "also write the report as one self-contained page")
    .option("--json", "one JSON document on stdout, all else on stderr")
    .option("--quiet", "no remarks, no progress")
    .addHelpText("before", EXAMPLES)
    .addHelpText("after", NOTES)
    .action(run);
}

async function run(options: TrustCommandOptions): Promise<void> {
  const ui = createUi(options);
  const index = indexWish(options);
  const trusted = await trustMemory({ ...options, index, ui, signal: interruptSignal() });
  const { report, looks, searched } = trusted;
  for (const note of trusted.notes) ui.note(note);
  const by = searched ? [searchedSentence(searched)] : [];
  if (options.html !== undefined) {
    writeWhole(options.html, trustPage({ report, looks, notes: [...by, ...trusted.notes] }));
    ui.note(`page: ${options.html}`);
  }
  if (options.json) ui.json(searched ? { ...report, searched } : report);
  else ui.out([trustText(report), ...by].join("\n"));
}

const MOST = 1_000_000; // resamples of a bootstrap beyond which nothing is learned but patience

function wholeNumber(place: string, least: number): (text: string) => number {
  const number = numberOf(place, least);
  return (text) => {
    const value = number(text);
    if (Number.isInteger(value) && value <= MOST) return value;
    throw new RhymeError("usage", {
      place,
      expected: `a whole number from ${least} to ${MOST.toLocaleString("en-US")}`,
      received: text,
      remedy: `Write for example ${place} ${Math.max(1000, least)}`,
    });
  };
}
