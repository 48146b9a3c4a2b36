import type { Command } from "commander";
import { severityOf } from "../../lib/candles/finding.ts";
import { countFindings } from "../../lib/candles/count-findings.ts";
import { rowsOf } from "../../lib/candles/candle-series.ts";
import { RhymeError } from "../../lib/errors.ts";
import { iso } from "../../lib/time/units.ts";
import { addCandleOptions, readingOptions, type CandleOptions } from "../candle-options.ts";
import { importFiles, type ImportedSeries } from "../import-files.ts";
import { createUi, type Ui } from "../ui.ts";

const EXAMPLES = `Examples:
  ./rhyme import candles.parquet --memory ./memory                    what ./rhyme export wrote, as it was
  ./rhyme import BTCUSDT-1h.parquet --memory ./memory                 written by pandas, polars or DuckDB
  ./rhyme import fx.parquet --calendar fx --source oanda --memory ./fx     a column "symbol" tells them apart
`;

const NOTES = `
Stores candles, nothing else: ./rhyme remember embeds and labels them. A file that rhyme exported
keeps the known_at of every candle, corrections too; of bars that the memory holds already only news are taken, as
known from now on, because the past has been told. Other files are read as remember reads them, with its options.`;

interface ImportCommandOptions extends CandleOptions {
  readonly memory: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** `./rhyme import FILE…`: candles from Parquet into a memory. */
export function addImport(program: Command): void {
  const command = program
    .command("import")
    .summary("candles from Parquet into a memory, without embedding them")
    .description("Stores candles of Parquet files in a memory.")
    .argument("<file...>", "Parquet: what export wrote, or a table with the usual names of columns")
    .requiredOption("--memory <folder>", "where the memory is or shall be")
    .option("--symbol <name>", "of files that do not say it (default: a column symbol, else the file name)")
    .option("--timeframe <name>", "step of the candles (default: the commonest)");
  addCandleOptions(command)
    .option("--json", "one JSON document on stdout, all else on stderr")
    .option("--quiet", "no remarks, no progress")
    .addHelpText("before", EXAMPLES)
    .addHelpText("after", NOTES)
    .action(run);
}

async function run(files: readonly string[], options: ImportCommandOptions): Promise<void> {
  const ui = createUi(options);
  const { memory, json: _json, quiet: _quiet, ...given } = options;
  if (options.ask && options.ask.length > 0)
    throw new RhymeError("usage", {
      place: "--ask",
      expected: "candles of one price",
      received: "bid and ask in two files",
      remedy: "./rhyme remember puts them together.",
    });
  const reading = readingOptions(options);
  const imported = await importFiles(files, { memory, now: reading.now, reading, given });
  if (options.json) return ui.json({ schema: "rhyme.import/1", memory, series: imported.map(documentOf) });
  for (const one of imported) say(ui, one, imported.length > 1);
  const isNews = imported.some(({ report }) => report.added + report.corrected + report.late > 0);
  if (isNews) ui.note(`not embedded yet: ${nextStep(imported, memory)}`);
}

/** The command that goes on with these candles. */
function nextStep(imported: readonly ImportedSeries[], memory: string): string {
  const symbol = imported.length === 1 ? ` --symbol ${imported[0]!.series.symbol}` : "";
  return `./rhyme remember --memory ${memory}${symbol} goes on from here`;
}

function documentOf({ series, files, assumptions, findings, report }: ImportedSeries): object {
  const { source, symbol, timeframe, calendar, openTime } = series;
  return {
    ...{ source, symbol, timeframe, calendar: calendar.name, files, rows: rowsOf(series) },
    ...{ first: iso(openTime[0]!), last: iso(openTime.at(-1)!), ...report },
    ...{ assumptions, findings: countFindings(findings) },
  };
}

function say(ui: Ui, { series, assumptions, findings, report }: ImportedSeries, several: boolean): void {
  const name = `${series.symbol} ${series.timeframe}`;
  const n = (value: number): string => value.toLocaleString("en-US");
  for (const assumption of assumptions) ui.note(`${several ? `${name}: ` : ""}read with: ${assumption}`);
  const errors = findings.filter((finding) => severityOf(finding) === "error").length;
  if (findings.length > 0)
    ui.note(`${name}: ${findings.length} findings, ${errors} of them errors: ./rhyme check says which`);
  const { added, unchanged, corrected, late, superseded } = report;
  const parts = [
    `${n(added)} new candles`,
    `${n(unchanged)} unchanged`,
    ...(corrected > 0 ? [`${n(corrected)} corrections, known from now on`] : []),
    ...(late > 0 ? [`${n(late)} late bars, known from now on`] : []),
    ...(superseded > 0 ? [`${n(superseded)} earlier facts of stored bars left out`] : []),
  ];
  ui.out(`${name} of ${series.source}: ${parts.join(", ")}`);
}
