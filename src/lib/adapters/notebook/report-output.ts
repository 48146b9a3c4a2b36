import { qualityReport, type QualityReport } from "../../candles/quality-report.ts";
import type { ReadCandles } from "../files/read-candles.ts";
import { checkViews } from "../html/check-view.ts";
import { html, type Html } from "../html/html.ts";
import { overviewSection } from "../html/sections/check-overview.ts";
import { counted, percent } from "../text/words.ts";
import { figureSlot } from "./figure-output.ts";
import type { DisplayHost, MimeBundle } from "./host.ts";
import { scriptJson } from "../html/html.ts";
import { styled } from "./output-style.ts";
import { rowsTable } from "./rows-table.ts";
import { tableHtml, tableText } from "./table-output.ts";

/** What a person wants to know about a series before trusting it. */
export function qualityBundle(report: QualityReport): MimeBundle {
  return { "text/html": styled(reportHtml(report)), "text/plain": reportText(report) };
}

/** A file as it was read: all prices with every hole and finding, what was assumed, and the quality report. */
export function readBundle(read: ReadCandles, host: DisplayHost): MimeBundle {
  const { series, ledger, findings, assumptions } = read;
  const report = qualityReport(series, ledger, findings);
  const [view] = checkViews({
    checked: [{ ...read, files: [`${series.symbol} ${series.timeframe}`], report }],
  });
  const figure = Object.values(overviewSection(view!).figures ?? {})[0];
  const chart = figure
    ? figureSlot(host, Number(figure.layout["height"]), `() => (${scriptJson(figure).markup}), {}`)
    : null;
  const head = html`<p class="head">
    <b>${series.symbol} ${series.timeframe}</b>
    <span class="soft"
      >market ${series.calendar.name};
      ${assumptions.length > 0 ? `read with: ${asOptions(assumptions.join("; "))}` : "read as it is"}</span
    >
  </p>`;
  return {
    "text/html": styled(head, chart, reportHtml(report)),
    "text/plain": `${series.symbol} ${series.timeframe}\n${reportText(report)}`,
  };
}

/** What the command line calls `--zone` is in a cell the option `zone` of readCandles. */
function asOptions(said: string): string {
  return said.replaceAll(/--([a-z]+)/g, "option $1");
}

function reportHtml(report: QualityReport): Html {
  const kinds = rowsTable(kindRows(report));
  return html`<p class="head">${headline(report)}</p>
    ${report.kinds.length > 0 ? tableHtml(kinds, { caption: "findings", rows: 40 }) : html`<p class="soft">no findings</p>`}
    ${report.gaps.holes > 0 ? tableHtml(rowsTable(report.gaps.longestHoles), { caption: "longest holes" }) : null}
    ${tableHtml(rowsTable(yearRows(report)), { caption: "years", rows: 60 })}`;
}

function reportText(report: QualityReport): string {
  const parts = [headline(report)];
  if (report.kinds.length > 0)
    parts.push(tableText(rowsTable(kindRows(report)), { caption: "findings", rows: 40 }));
  parts.push(tableText(rowsTable(yearRows(report)), { caption: "years", rows: 60 }));
  return parts.join("\n\n");
}

function headline({ rows, first, last, gaps, errors, warnings, repaired }: QualityReport): string {
  const span = first === null ? "" : ` from ${first} to ${last}`;
  const share = gaps.expected > 0 ? ` (${percent(gaps.missing / gaps.expected, 2)})` : "";
  return [
    `${counted(rows, "bar")}${span}`,
    `${gaps.missing.toLocaleString("en-GB")} missing of ${gaps.expected.toLocaleString("en-GB")} expected${share} in ${counted(gaps.holes, "hole")}`,
    `${counted(errors, "error")}, ${counted(warnings, "warning")}${repaired > 0 ? `, ${repaired} repaired` : ""}`,
  ].join("; ");
}

function kindRows({ kinds }: QualityReport): Readonly<Record<string, unknown>>[] {
  return kinds.map(({ severity, says, findings, concerned, done }) => ({
    severity,
    finding: says,
    times: findings,
    concerned,
    done: Object.entries(done)
      .map(([what, count]) => `${what} ${count}`)
      .join(", "),
  }));
}

function yearRows({ years }: QualityReport): Readonly<Record<string, unknown>>[] {
  const share = (value: number | null): string | null => (value === null ? null : percent(value, 1));
  return years.map((year) => ({
    year: String(year.year),
    expected: year.expected,
    known: year.known,
    missing: year.missing,
    "open = previous close": share(year.openEqualsPreviousClose),
    "zero volume": share(year.zeroVolume),
  }));
}
