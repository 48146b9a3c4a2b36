import { holesOf } from "../../../candles/gap-ledger.ts";
import type { Finding } from "../../../candles/finding.ts";
import { overviewFigure, type FindingLane, type Stretch } from "../../plotly/overview-figure.ts";
import { thinCandles } from "../../plotly/thin-candles.ts";
import { counted } from "../../text/words.ts";
import { stampText, type CheckView, type KindOfFindings } from "../check-view.ts";
import { html } from "../html.ts";
import { TOKENS } from "../page-view.ts";
import type { ChartSection } from "./charts.ts";
import { figureSlot, section } from "./section.ts";

const COLUMNS = 900;

/** All prices, every hole and every finding on one axis of time; null without candles. */
export function overviewSection(view: CheckView): Partial<ChartSection> {
  const columns = thinCandles(view.series, view.ledger, COLUMNS);
  if (columns.length === 0) return {};
  const width = (columns.at(-1)!.to - columns[0]!.from) / COLUMNS;
  const lanes = view.kinds
    .map((kind) => laneOf(kind, width, [columns[0]!.from, columns.at(-1)!.to]))
    .filter((lane) => lane.marks.length > 0);
  const figure = overviewFigure({ columns, holes: holeStretches(view, width), lanes, palette: TOKENS });
  const id = `chart-${view.id}`;
  const note = html`<p>
      Lowest to highest price in each of ${columns.length} stretches of time, so no spike is lost; the thin
      line joins the closes.
    </p>
    <p>
      <span class="swatch other"></span>bars missing, the denser the darker<br /><span
        class="swatch came"
      ></span
      >errors<br />
      Drag to look closer, double-click to go back. Single prices far off may lie beyond the picture.
    </p>`;
  const label = `Prices of ${view.name}, with ${counted(view.report.gaps.holes, "hole")} and ${counted(view.findings.length, "finding")}; the same stand in the tables below.`;
  return {
    section: section(
      { id: `${view.id}-overview`, title: "All of it", note },
      figureSlot(id, label, Number(figure.layout["height"])),
    ),
    figures: { [id]: figure },
  };
}

/** Holes as stretches; those that fall into one column of the picture are one. */
function holeStretches({ ledger }: CheckView, width: number): Stretch[] {
  const joined: { from: number; to: number; holes: number; bars: number; gone: number }[] = [];
  for (const hole of holesOf(ledger)) {
    const gone = hole.lastClose - hole.firstOpen;
    const last = joined.at(-1);
    if (last && hole.lastClose - last.from < width)
      Object.assign(last, {
        to: hole.lastClose,
        holes: last.holes + 1,
        bars: last.bars + hole.bars,
        gone: last.gone + gone,
      });
    else joined.push({ from: hole.firstOpen, to: hole.lastClose, holes: 1, bars: hole.bars, gone });
  }
  return joined.map(({ from, to, holes, bars, gone }) => ({
    from,
    to,
    share: gone / (to - from),
    says: `${counted(bars, "bar")} missing${holes > 1 ? ` in ${holes} holes` : ""}, ${stampText(from)} to ${stampText(to)}`,
  }));
}

/** One mark per finding; those that fall into one column are one mark that says how many. */
function laneOf(
  { kind, error, findings }: KindOfFindings,
  width: number,
  [from, to]: readonly [number, number],
): FindingLane {
  const columns = new Map<number, Finding[]>();
  for (const finding of findings) {
    if (finding.time === null) continue;
    const column = Math.floor((finding.time - from) / width);
    const own = columns.get(column);
    if (own) own.push(finding);
    else columns.set(column, [finding]);
  }
  const marks = [...columns.values()].map((own) => ({
    time: Math.min(to, Math.max(from, own[0]!.time!)),
    says:
      own.length === 1
        ? `${stampText(own[0]!.time!)}: ${clip(own[0]!.value)}`
        : `${own.length} from ${stampText(own[0]!.time!)} on`,
  }));
  const count = findings.length.toLocaleString("en-GB");
  return { name: `${kind} ${count}`, error, marks };
}

function clip(text: string): string {
  return text.length <= 120 ? text : `${text.slice(0, 119)}…`;
}
