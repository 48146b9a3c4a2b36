import type { Command } from "commander";
import { groupFiles } from "../../lib/adapters/files/file-source.ts";
import { readCandles, type ReadCandles } from "../../lib/adapters/files/read-candles.ts";
import { FINDING_KINDS, severityOf, type Finding, type FindingKind } from "../../lib/candles/finding.ts";
import { qualityReport, type QualityReport } from "../../lib/candles/quality-report.ts";
import { CALENDAR_NAMES } from "../../lib/time/calendars.ts";
import { iso } from "../../lib/time/units.ts";
import { addCandleOptions, numberOf, readingOptions, type CandleOptions } from "../candle-options.ts";
import { EXIT } from "../errors.ts";
import { createUi, type Cell, type Ui } from "../ui.ts";

const EXAMPLES = `Examples:
  ./rhyme check BTCUSDT-5m.csv.gz
  ./rhyme check SPY-1d.csv --calendar us-equities
  ./rhyme check 2023.csv 2024.parquet --symbol BTCUSDT       several files of one series
  ./rhyme check prices.csv --zone Europe/London --stamp close --json
`;

const NOTES = `
Reads CSV, CSV.gz and Parquet. Files whose names tell the same symbol are one series; with --symbol all of them are.
Findings are errors (data that contradicts itself) or warnings (unsorted, missing, outside a session …).
Exit: 0 no errors, 1 errors, 2 a file that cannot be used.`;

interface CheckOptions extends CandleOptions {
  readonly show: number;
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
    .argument("<file...>", "CSV, CSV.gz or Parquet with a header")
    .option("--symbol <name>", "all files are this one symbol (default: from the file names)")
    .option("--timeframe <name>", "such as 5m, 1h, 1d (default: the commonest step)");
  addCandleOptions(command)
    .option("--show <count>", "findings shown of each kind", numberOf("--show"), 5)
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
  const checked: Checked[] = [];
  for (const group of groups) {
    progress.update(checked.length, group[0]);
    const read = await readCandles(group, readingOptions(options));
    checked.push({ files: group, read, report: qualityReport(read.series, read.ledger, read.findings) });
  }
  progress.done();
  if (options.json) ui.json({ schema: "rhyme.check/1", series: checked.map(documentOf) });
  else for (const one of checked) print(ui, one, options.show);
  if (checked.some(({ report }) => report.errors > 0)) process.exitCode = EXIT.checksFailed;
}

interface Checked {
  readonly files: readonly string[];
  readonly read: ReadCandles;
  readonly report: QualityReport;
}

function documentOf({ files, read, report }: Checked): object {
  const { source, symbol, timeframe, calendar } = read.series;
  const findings = read.findings.map((finding) => ({
    ...finding,
    severity: severityOf(finding),
    time: finding.time === null ? null : iso(finding.time),
  }));
  const key = { source, symbol, timeframe, calendar: calendar.name };
  return { ...key, files, rowsRead: read.rowsRead, assumptions: read.assumptions, ...report, findings };
}

function print(ui: Ui, { files, read, report }: Checked, show: number): void {
  const { symbol, timeframe, calendar } = read.series;
  ui.out(ui.bold(`${symbol} ${timeframe}`) + `  ${files.join(" ")}`);
  const span = report.first ? `from ${report.first} to ${report.last}` : "none";
  ui.out(`${count(report.rows)} candles ${span}, of ${count(read.rowsRead)} rows read`);
  for (const assumption of read.assumptions) ui.note(`  read with: ${assumption}`);
  ui.out("");
  printGaps(ui, report, calendar.name);
  printFindings(ui, read.findings, report, show);
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
  for (const { from, to, bars } of gaps.longestHoles) ui.out(`  ${from} to ${to}: ${count(bars)} bars`);
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
  for (const [kind, concerned] of Object.entries(report.counts) as [FindingKind, number][]) {
    const all = findings.filter((finding) => finding.kind === kind);
    const paint = severityOf(all[0]!) === "error" ? ui.red : (text: string): string => text;
    const word = paint(severityOf(all[0]!));
    rows.push([word, FINDING_KINDS[kind].says, count(all.length), count(concerned), all[0]!.done]);
  }
  ui.table(rows);
  for (const kind of Object.keys(report.counts)) {
    const all = findings.filter((finding) => finding.kind === kind);
    ui.out(`\n${kind}`);
    for (const finding of all.slice(0, show)) ui.out(`  ${describe(finding)}`);
    if (all.length > show) ui.out(ui.dim(`  and ${count(all.length - show)} more (--show, --json)`));
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
