import type { Command } from "commander";
import { groupFiles } from "../../lib/adapters/files/file-source.ts";
import { readCandles } from "../../lib/adapters/files/read-candles.ts";
import { checkPage, type CheckedSeries } from "../../lib/adapters/html/check-page.ts";
import type { Finding } from "../../lib/candles/finding.ts";
import { findingDocument, type CheckDocument } from "../../lib/candles/finding-schema.ts";
import { refuseErrors } from "../../lib/candles/finding-strict.ts";
import { qualityReport, type QualityReport } from "../../lib/candles/quality-report.ts";
import { CALENDAR_NAMES } from "../../lib/time/calendars.ts";
import { iso } from "../../lib/time/units.ts";
import { addCandleOptions, numberOf, readingOptions, type CandleOptions } from "../candle-options.ts";
import { describeFailure, EXIT } from "../errors.ts";
import { createUi, type Cell, type Ui } from "../ui.ts";
import { writeWhole } from "../write-whole.ts";

const EXAMPLES = `Examples:
  ./rhyme check BTCUSDT-5m.csv.gz --html check.html          a picture of every gap and finding
  ./rhyme check SPY-1d.csv --calendar us-equities
  ./rhyme check 2023.csv 2024.parquet --symbol BTCUSDT       several files of one series
  ./rhyme check EURUSD-1m.csv --calendar fx --strict --repair lost-decimal-point
`;

const NOTES = `
Reads CSV, CSV.gz and Parquet. Files whose names tell the same symbol are one series; with --symbol all of them are.
Findings are errors (data that contradicts itself) or warnings. Nothing is repaired but by --repair, and said so.
Exit: 0 no errors, 1 errors, 2 a file that cannot be used.`;

const SHOWN = 5;

interface CheckOptions extends CandleOptions {
  readonly show?: number;
  readonly html?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** `./rhyme check FILE…`: quality report and gap ledger; exit 1 where data contradicts itself. */
export function addCheck(program: Command): void {
  const command = program
    .command("check")
    .summary("quality report and gap ledger of candle files")
    .description(
      "Says what is wrong with candle files, what is missing, and what was assumed in reading them.",
    )
    .argument("<file...>", "CSV, CSV.gz or Parquet")
    .option("--symbol <name>", "all files are this one symbol (default: from the file names)")
    .option("--timeframe <name>", "such as 5m, 1h, 1d (default: the commonest step)");
  addCandleOptions(command)
    .option("--show <count>", "findings shown of each kind (default: 5, on a page 60)", numberOf("--show"))
    .option("--html <file>", "also write all of it as one self-contained page")
    .option("--json", "one JSON document on stdout, all else on stderr")
    .option("--quiet", "no remarks")
    .addHelpText("before", EXAMPLES)
    .addHelpText("after", NOTES)
    .action(runCheck);
}

async function runCheck(files: readonly string[], options: CheckOptions): Promise<void> {
  const ui = createUi(options);
  const groups = groupFiles(files, options.symbol);
  const progress = ui.progress("reading", groups.length);
  const checked: CheckedSeries[] = [];
  for (const group of groups) {
    progress.update(checked.length, group[0]);
    const read = await readCandles(group, readingOptions(options, group[0]));
    checked.push({ ...read, files: group, report: qualityReport(read.series, read.ledger, read.findings) });
  }
  progress.done();
  if (options.html !== undefined) {
    const show = options.show === undefined ? {} : { show: options.show };
    writeWhole(options.html, checkPage({ checked, ...show }));
    ui.note(`page: ${options.html}`);
  }
  if (options.json) ui.json(documentOf(checked));
  else for (const one of checked) print(ui, one, options.show ?? SHOWN);
  if (checked.some(({ report }) => report.errors > 0)) process.exitCode = EXIT.checksFailed;
  if (options.strict) refuse(checked);
}

/** Says on stderr, whatever else is silenced, why the data is refused; the report has been given all the same. */
function refuse(checked: readonly CheckedSeries[]): void {
  try {
    refuseErrors(checked.flatMap(({ findings }) => findings));
  } catch (error) {
    process.stderr.write(`${describeFailure(error).lines.join("\n")}\n`);
    process.exitCode = EXIT.checksFailed;
  }
}

/** Every finding and every assumption, in the shape of `checkJsonSchema`. */
function documentOf(checked: readonly CheckedSeries[]): CheckDocument {
  const series = checked.map(({ files, series: candles, rowsRead, assumptions, report, findings }) => {
    const { source, symbol, timeframe, calendar } = candles;
    const key = { source, symbol, timeframe, calendar: calendar.name };
    const read = { files: [...files], rowsRead, assumptions: [...assumptions] };
    return { ...key, ...read, ...report, findings: findings.map(findingDocument) };
  });
  return { schema: "rhyme.check/1", series } as CheckDocument;
}

function print(
  ui: Ui,
  { files, series, findings, report, rowsRead, assumptions }: CheckedSeries,
  show: number,
): void {
  const { symbol, timeframe, calendar } = series;
  ui.out(ui.bold(`${symbol} ${timeframe}`) + `  ${files.join(" ")}`);
  const span = report.first ? `from ${report.first} to ${report.last}` : "none";
  ui.out(`${count(report.rows)} candles ${span}, of ${count(rowsRead)} rows read`);
  for (const assumption of assumptions) ui.note(`  read with: ${assumption}`);
  ui.out("");
  printGaps(ui, report, calendar.name);
  printFindings(ui, findings, report, show);
  printYears(ui, report);
}

function printGaps(ui: Ui, { gaps }: QualityReport, calendar: string): void {
  const share = (part: number): string => (gaps.expected > 0 ? percent(part / gaps.expected) : "–");
  ui.table([
    ["gap ledger", "bars", "share"],
    ["expected", count(gaps.expected), ""],
    ["known", count(gaps.known), share(gaps.known)],
    ["missing", count(gaps.missing), share(gaps.missing)],
  ]);
  const closed =
    gaps.closures > 0 ? `closed ${count(gaps.closures)} times, ${count(gaps.closedHours)} h` : "never closed";
  ui.out(`market ${calendar}: ${closed}; ${count(gaps.holes)} ${gaps.holes === 1 ? "hole" : "holes"}`);
  for (const { from, to, bars } of gaps.longestHoles)
    ui.out(`  ${from} to ${to}: ${count(bars)} ${bars === 1 ? "bar" : "bars"}`);
  if (gaps.missing > 20 && gaps.missingOnWeekends > gaps.missing / 2) {
    ui.out(`most of them on weekends: does this market close? (--calendar ${CALENDAR_NAMES.join("|")})`);
  }
  ui.out("");
}

function printFindings(ui: Ui, findings: readonly Finding[], report: QualityReport, show: number): void {
  if (findings.length === 0) {
    ui.out(`${ui.green("no findings")}\n`);
    return;
  }
  const rows: Cell[][] = [["", "finding", "times", "concerned", "done"]];
  for (const { severity, says, findings: times, concerned, done } of report.kinds) {
    const actions = Object.entries(done);
    const what = actions.map(([name, n]) => (actions.length === 1 ? name : `${name} ${count(n)}`)).join(", ");
    rows.push([
      severity === "error" ? ui.red(severity) : severity,
      says,
      count(times),
      count(concerned),
      what,
    ]);
  }
  ui.table(rows);
  for (const { kind } of report.kinds) {
    const all = findings.filter((finding) => finding.kind === kind);
    const rules = new Set(all.flatMap(({ rule }) => (rule === undefined ? [] : [rule])));
    ui.out(`\n${kind}`);
    for (const rule of rules) ui.out(`  repaired: ${rule}`);
    for (const finding of all.slice(0, show)) ui.out(`  ${describe(finding)}`);
    if (all.length > show) ui.out(ui.dim(`  and ${count(all.length - show)} more (--show, --html, --json)`));
  }
  ui.out("");
}

function describe({ file, line, time, value, count: rows, done }: Finding): string {
  const place = line === null ? file : `${file}:${line}`;
  const when = time === null || value.startsWith(iso(time)) ? "" : `${iso(time)}  `;
  return `${place}  ${when}${value}${rows > 1 ? `  (${count(rows)})` : ""}  ${done}`;
}

function printYears(ui: Ui, { years }: QualityReport): void {
  ui.table([
    ["year", "expected", "known", "missing", "open = previous close", "zero volume"],
    ...years.map((y) => [
      String(y.year),
      count(y.expected),
      count(y.known),
      count(y.missing),
      y.openEqualsPreviousClose === null ? null : percent(y.openEqualsPreviousClose),
      y.zeroVolume === null ? null : percent(y.zeroVolume),
    ]),
  ]);
  ui.out("");
}

function count(n: number): string {
  return n.toLocaleString("en-US");
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
