import { Command, CommanderError } from "commander";
import { COMMANDS } from "./commands.ts";
import { describeFailure, EXIT } from "./errors.ts";
import { loadCalendars, splitCalendars } from "./load-calendars.ts";

const EXAMPLES = `Examples:
  ./rhyme demo                                          what rhymes with 16 March 2020, as a page
  ./rhyme check BTCUSDT-5m.csv.gz                       are these candles sound?
  ./rhyme remember BTCUSDT-5m.csv.gz --symbol BTCUSDT --timeframes 5m,30m,1h,4h --memory ./memory
  ./rhyme ask --memory ./memory --symbol BTCUSDT --horizon 4h --k 10
`;

/** Reads the arguments, loads the one command they name and runs it; returns the exit code. */
async function run(argv: readonly string[]): Promise<number> {
  try {
    const { files, rest } = splitCalendars(argv);
    for (const file of files) await loadCalendars(file);
    await (await buildProgram(rest)).parseAsync(rest, { from: "user" });
    return Number(process.exitCode ?? 0);
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0; // help was asked for
    if (error instanceof CommanderError && error.code === "commander.help") return EXIT.badInput; // no command
    return report(error, argv.includes("--json"));
  }
}

async function buildProgram(argv: readonly string[]): Promise<Command> {
  const program = new Command("rhyme");
  configure(program);
  program
    .description("What in the past rhymes with now, what followed, and how far can that be trusted?")
    .usage("<command> [options]")
    .option("--calendars <file>", "before the command: a module with calendars of your own (.ts, .js)")
    .helpCommand("help [command]", "what a command does and its options")
    .addHelpText("beforeAll", ({ command }) => (command === program ? EXAMPLES : ""))
    .addHelpText(
      "after",
      "\n`./rhyme <command> --help` says more. Exit: 0 ok, 1 checks failed, 2 bad usage or input.",
    );
  const words = argv.filter((word) => !word.startsWith("-"));
  const chosen = words[0] === "help" ? words[1] : words[0];
  for (const entry of COMMANDS) {
    if (entry.name === chosen) (await entry.load())(program);
    else program.command(entry.name).summary(entry.summary).description(entry.summary);
  }
  program.commands.forEach(configure);
  return program;
}

/** Errors are thrown, not printed by commander; help fits one screen. */
function configure(command: Command): void {
  command
    .exitOverride()
    .showSuggestionAfterError()
    .helpOption("-h, --help", "this help")
    .configureHelp({ helpWidth: Math.min(process.stdout.columns || 100, 110) })
    .configureOutput({ outputError: () => undefined });
}

/** Prints what went wrong: lines for people to stderr, under --json also one document to stdout. */
function report(error: unknown, json: boolean): number {
  const { exitCode, lines, document } = describeFailure(error, Boolean(process.env["RHYME_DEBUG"]));
  process.stderr.write(`${lines.join("\n")}\n`);
  if (json) process.stdout.write(`${JSON.stringify(document)}\n`);
  return exitCode;
}

/** A reader that has seen enough (`| head`) is no error. */
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  process.exit(error.code === "EPIPE" ? 0 : report(error, false));
});
process.stderr.on("error", () => undefined);
process.on("uncaughtException", (error) => process.exit(report(error, process.argv.includes("--json"))));

process.exitCode = await run(process.argv.slice(2));
