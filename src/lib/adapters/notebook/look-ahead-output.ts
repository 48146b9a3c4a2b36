import type {
  ColumnReport,
  FunctionReport,
  Leak,
  LookAheadReport,
  WarmUp,
} from "../../evaluation/look-ahead/user/report.ts";
import { html, type Html } from "../html/html.ts";
import { lookAheadText } from "../look-ahead/look-ahead-text.ts";
import { counted } from "../text/words.ts";
import { formatCell } from "./format-cell.ts";
import type { MimeBundle } from "./host.ts";
import { styled } from "./output-style.ts";
import { rowsTable } from "./rows-table.ts";
import { tableHtml } from "./table-output.ts";

/** What was found out about functions of candles: a verdict per column, and the sentence of every leak. */
export function lookAheadBundle(report: LookAheadReport): MimeBundle {
  const { symbol, timeframes, bars } = report.candles;
  const columns = report.functions.flatMap(({ columns }) => columns);
  const clean = columns.filter(({ verdict }) => verdict === "clean").length;
  const said = report.clean ? "nothing found" : `${clean} of ${counted(columns.length, "column")} clean`;
  return {
    "text/html": styled(
      html`<p class="head">
        <b>Look-ahead: ${said}</b>
        <span class="soft">${symbol} ${timeframes.join(", ")}, ${counted(bars, "bar")}</span>
      </p>`,
      report.functions.map(functionHtml),
    ),
    "text/plain": lookAheadText(report),
  };
}

function functionHtml({ name, verdict, reason, columns, notes, instants }: FunctionReport): readonly Html[] {
  const rows = columns.map(({ column, verdict: said, firstDefined, warmUp }) => ({
    column,
    verdict: said,
    "values from bar": firstDefined,
    "warm-up to 1e-3": bars(warmUp?.to1e3, warmUp),
    "to 1e-6": bars(warmUp?.to1e6, warmUp),
    "to 1e-9": bars(warmUp?.to1e9, warmUp),
    "start of history": warmUp ? START[warmUp.dependsOnStart] : null,
  }));
  const table = columns.length > 0 ? [tableHtml(rowsTable(rows), { caption: name, rows: 60 })] : [];
  const own = verdict === null ? [] : [html`<p><b>${name}: ${verdict}</b> ${reason ?? ""}</p>`];
  const found = columns.filter((column) => column.verdict !== "clean");
  return [
    ...own,
    ...table,
    ...found.map((column) => reasonHtml(column, instants)),
    ...notes.map((note) => html`<p class="soft">${note}</p>`),
  ];
}

const START = { no: "does not matter", fades: "fades", "for ever": "matters for ever" } as const;

function bars(count: number | null | undefined, warmUp: WarmUp | null): string | number | null {
  if (warmUp === null) return null;
  return count ?? (warmUp.dependsOnStart === "fades" ? `>${warmUp.bars}` : "never");
}

function reasonHtml({ column, verdict, reason, leak }: ColumnReport, instants: number): Html {
  if (leak)
    return html`<p><b>Leak:</b> ${leak.sentence} <span class="soft">${leakDetail(leak, instants)}</span></p>`;
  return html`<p><b>${column}: ${verdict}</b> ${reason ?? ""}</p>`;
}

function leakDetail({ asKnown, withMore, check, aheadBars, shownAt }: Leak, instants: number): string {
  const more = check === "prefix" ? "with all candles" : "with garbage for a future";
  const ahead = aheadBars === null ? "" : ` Looks ${counted(aheadBars, "bar")} ahead.`;
  const values = `${formatCell(asKnown)} with what was known, ${formatCell(withMore)} ${more}.`;
  return `${values}${ahead} Seen at ${shownAt} of ${counted(instants, "instant")}.`;
}
