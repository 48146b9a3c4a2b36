import type { Caught, FirstPlotRecord, WorkbenchRecord } from "./workbench-record.ts";

const [BEGIN, END] = ["<!-- workbench -->", "<!-- end of workbench -->"];
const IGNORED = ["<!-- prettier-ignore-start -->", "<!-- prettier-ignore-end -->"];

/** The page with the tables of a record between its marks. @throws Error where the marks are gone */
export function withWorkbench(page: string, record: WorkbenchRecord): string {
  const [from, to] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (from < 0 || to < from) throw new Error(`the page has no ${BEGIN} … ${END}`);
  const [start, end] = IGNORED;
  const text = [start, "", ...linesOf(record), "", end].join("\n");
  return `${page.slice(0, from + BEGIN.length)}\n${text}\n${page.slice(to)}`;
}

/** What was measured, as tables: whole comparison, task by task, and the mistakes that nobody caught in time. */
function linesOf(record: WorkbenchRecord): string[] {
  return [...origin(record), "", ...summary(record), "", ...byTask(record), "", ...mistakes(record)];
}

function origin({ measured, machine, python, rows, firstPlot }: WorkbenchRecord): string[] {
  const { cores, load, node } = machine;
  const rounds = firstPlot.rhyme.totals.length;
  return [
    `Measured on ${measured.slice(0, 10)} on ${cores} cores (load ${load} at the end), Node ${node.slice(1)}, ${python}, with`,
    `the newest ${rows.toLocaleString("en-GB")} candles of 5 minutes of BTCUSDT; medians of ${rounds} rounds, all of them in brackets.`,
  ];
}

function summary({ firstPlot, lines, mistakes: tried, pythonDrawsInstead }: WorkbenchRecord): string[] {
  const { rhyme, python } = firstPlot;
  const early = (of: "rhyme" | "python"): number =>
    tried.filter((one) => one[of] === "before it runs").length;
  const byMypy = tried.filter(({ mypy }) => mypy === true).length;
  const isAsked = tried.every(({ mypy }) => mypy !== null);
  const part = (what: string, name: Exclude<keyof FirstPlotRecord, "totals">): string =>
    row(what, seconds(rhyme[name]), seconds(python[name]));
  const instead = pythonDrawsInstead;
  return [
    row("", "Rhyme", "pandas, mplfinance, PyG"),
    row("---", "---:", "---:"),
    row("from nothing to the first chart", spread(rhyme), spread(python)),
    part("· kernel", "startMs"),
    part("· imports", "importMs"),
    part("· reading", "readMs"),
    part("· drawing", "drawMs"),
    part("· in the browser", "browserMs"),
    part("processor time until then", "processorMs"),
    ...(instead
      ? [row("drawn as a line instead, or as days", "", `${seconds(instead.line)}, ${seconds(instead.days)}`)]
      : []),
    row("lines typed, all tasks", String(lines.rhyme), String(lines.python)),
    row(
      `mistakes caught before anything runs, of ${tried.length}`,
      String(early("rhyme")),
      `${early("python")}${isAsked ? ` (${byMypy} by mypy, run by hand)` : ""}`,
    ),
  ];
}

function byTask({ tasks }: WorkbenchRecord): string[] {
  const cell = ({ ms, lines }: { readonly ms: number; readonly lines: number }): string =>
    `${seconds(ms)}, ${lines}`;
  const faster = tasks.filter(({ rhyme, python }) => python.ms < rhyme.ms).length;
  return [
    `Task by task, time and lines, one run; Python is the faster one in ${faster} of ${tasks.length}:`,
    "",
    row("task", "Rhyme", "pandas, mplfinance, PyG"),
    row("---", "---:", "---:"),
    ...tasks.map(({ what, rhyme, python }) => row(what, cell(rhyme), cell(python))),
  ];
}

function mistakes({ mistakes: tried }: WorkbenchRecord): string[] {
  const late = tried.filter(({ rhyme }) => rhyme !== "before it runs");
  const said = (caught: Caught, mypy: boolean | null): string =>
    `${caught}${mypy === true ? ", mypy before" : ""}`;
  return [
    "Mistakes that are not caught here before anything runs:",
    "",
    row("mistake", "Rhyme", "pandas, mplfinance, PyG"),
    row("---", "---", "---"),
    ...late.map(({ what, rhyme, python, mypy }) => row(what, said(rhyme, null), said(python, mypy))),
  ];
}

const row = (...cells: readonly string[]): string => `| ${cells.join(" | ")} |`;

function spread({ totalMs, totals }: FirstPlotRecord): string {
  return `${seconds(totalMs)} (${totals.map(seconds).join(", ")})`;
}

function seconds(ms: number | null): string {
  return ms === null ? "not known" : `${(ms / 1000).toFixed(ms < 995 ? 2 : 1)} s`;
}
