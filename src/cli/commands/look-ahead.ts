import type { Command } from "commander";
import { RhymeError } from "../../lib/errors.ts";
import { numberOf } from "../candle-options.ts";
import { lookAheadAll } from "../look-ahead/look-ahead-all.ts";
import { addFileOptions, checkFile, type FileOptions } from "./look-ahead-file.ts";

const EXAMPLES = `Examples:
  ./rhyme look-ahead my-features.ts --candles BTCUSDT-5m.csv.gz --timeframes 5m,1h,4h
  ./rhyme look-ahead --all --histories 2000          the project's own functions on generated histories
  ./rhyme look-ahead --all --seed 1 --chunk 16       one chunk of them again
`;

const NOTES = `
With --all, a run that was stopped goes on where it was when the same command is given again. Exit: 0 the law of time
holds, 1 not, 2 bad usage. What a function of FILE prints at its first call is shown on stderr.`;

interface LookAheadOptions extends FileOptions {
  readonly all?: boolean;
  readonly histories: number;
  readonly seed: number;
  readonly chunk?: number;
  readonly subject?: readonly string[];
  readonly registry?: string;
  readonly resume?: string;
  readonly out?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** `./rhyme look-ahead`: does a function use what was not known yet? */
export function addLookAhead(program: Command): void {
  const command = program
    .command("look-ahead")
    .summary("does a function use what was not known yet?")
    .description(
      "Holds functions to the law of time: what is said at t depends on what was known at t alone.",
    );
  command.argument("[file]", "a module (.ts, .js) of which each exported function of candles is checked");
  addAll(addFileOptions(command))
    .option("--json", "one JSON document on stdout, all else on stderr")
    .option("--quiet", "no remarks, no progress")
    .addHelpText("before", EXAMPLES)
    .addHelpText("after", NOTES)
    .action(run);
}

/** The options of `--all`. */
function addAll(command: Command): Command {
  const subjects = (name: string, before: readonly string[] = []): readonly string[] => [...before, name];
  return command
    .option("--all", "every registered function of the project, on generated histories")
    .option("--histories <n>", "with --all: how many", wholeNumberOf("--histories", 1), 2000)
    .option("--seed <n>", "with --all: other histories", wholeNumberOf("--seed", 0), 1)
    .option("--chunk <n>", "with --all: this chunk of the run alone", wholeNumberOf("--chunk", 0))
    .option("--subject <name>", "with --all: this function alone; may be repeated", subjects)
    .option("--registry <file>", "with --all: subjects of your own, exported as REGISTRY")
    .option("--resume <folder>", "with --all: where a stopped run is kept (default: in the cache)")
    .option("--out <file>", "with --all: also write the JSON document there");
}

function wholeNumberOf(place: string, least: number): (text: string) => number {
  const number = numberOf(place, least);
  return (text) => {
    const value = number(text);
    if (Number.isSafeInteger(value) && value < 2 ** 31) return value;
    throw new RhymeError("usage", {
      ...{ place, expected: "a whole number below 2³¹", received: JSON.stringify(text) },
      remedy: `Write for example ${place} ${Math.max(10, least)}`,
    });
  };
}

async function run(file: string | undefined, options: LookAheadOptions): Promise<void> {
  if (file !== undefined && !options.all) return checkFile(file, options);
  if (options.all && file === undefined) return lookAheadAll(options);
  throw new RhymeError("usage", {
    place: "look-ahead",
    expected: "a file with functions, or --all",
    received: file === undefined ? "neither" : "both",
    remedy: "./rhyme look-ahead FILE.ts --candles CSV checks yours, --all the project's own.",
  });
}
