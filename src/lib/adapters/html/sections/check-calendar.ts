import { counted, percent, zoneWords } from "../../text/words.ts";
import { calendarCells, type CalendarCells, type Cell, type CellUnit } from "../check-cells.ts";
import type { CheckView } from "../check-view.ts";
import { html, trusted, type Html } from "../html.ts";
import { section } from "./section.ts";

const SIZE = 12; // of a cell and its gap
const [LEFT, TOP] = [40, 16];
const WORDS: Readonly<Record<CellUnit, string>> = {
  hour: "an hour: days to the right, hours downwards",
  day: "a day of trading: weeks to the right, Monday on top",
  week: "a week of trading",
  month: "a month of trading",
};

/** Known, missing, closed: a cell per hour, day, week or month on the market's clock. */
export function calendarSection(view: CheckView): Html | null {
  const { series, ledger, findings, report } = view;
  const cells = calendarCells(series.calendar, ledger, findings);
  if (!cells) return null;
  const note = html`<p>A cell is ${WORDS[cells.unit]}, on the clock of ${zoneWords(series.calendar.zone)}.</p>
    <p class="cells-key">
      <i class="c0"></i>every bar known<br /><i class="c1"></i><i class="c2"></i><i class="c3"></i
      ><i class="c4"></i>some to all missing<br /><i class="closed"></i>market closed<br /><i class="flag"></i
      >an error there
    </p>`;
  const { known, expected } = report.gaps;
  const share = expected > 0 ? percent(known / expected, 1) : "none";
  const label = `Calendar of ${view.name}: ${share} of ${counted(expected, "expected bar")} known; the years are in a table below.`;
  return section(
    { id: `${view.id}-calendar`, title: "Known, missing, closed", note },
    html`<div class="scroll" tabindex="0" role="region" aria-label="Calendar">${drawing(cells, label)}</div>`,
  );
}

function drawing({ cells, unit, rows, columns, rowNames, columnNames }: CalendarCells, label: string): Html {
  const wide = unit === "month" ? 44 : SIZE;
  const [width, height] = [LEFT + columns * wide, TOP + rows * SIZE];
  const names = [
    ...rowNames.map(({ at, text }) => `<text x="0" y="${TOP + at * SIZE + SIZE - 3}">${text}</text>`),
    ...columnNames.map(({ at, text }) => `<text x="${(LEFT + at * wide).toFixed(0)}" y="10">${text}</text>`),
  ];
  return html`<svg
    class="cells"
    viewBox="0 0 ${width} ${height}"
    style="max-width:${Math.round(width * 1.35)}px"
    role="img"
    aria-label="${label}"
  >
    ${trusted([...names, ...cells.map((cell) => mark(cell, wide))].join(""))}
  </svg>`;
}

function mark({ column, row, expected, known, flagged, says }: Cell, wide: number): string {
  const [x, y] = [LEFT + column * wide, TOP + row * SIZE];
  const name = expected === 0 ? "closed" : `c${Math.ceil((4 * (expected - known)) / expected)}`;
  const flag = flagged
    ? `<circle class="flag" cx="${x + (wide - 2) / 2}" cy="${y + (SIZE - 2) / 2}" r="2.4"/>`
    : "";
  return `<g><title>${says}</title><rect class="${name}" x="${x}" y="${y}" width="${wide - 2}" height="${SIZE - 2}"/>${flag}</g>`;
}
