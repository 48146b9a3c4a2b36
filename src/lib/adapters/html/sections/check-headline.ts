import { counted, percent } from "../../text/words.ts";
import { stampText, type CheckView } from "../check-view.ts";
import { html, type Fragment, type Html } from "../html.ts";

/** `Is BTCUSDT 5m sound?` */
export function checkTitle(views: readonly CheckView[]): string {
  return views.length === 1 ? `Is ${views[0]!.name} sound?` : `Are these ${views.length} series sound?`;
}

/** The answer in words: what contradicts itself, what is missing. */
export function checkSentence(views: readonly CheckView[]): string {
  const sum = (of: (view: CheckView) => number): number => views.reduce((total, view) => total + of(view), 0);
  const [errors, warnings] = [sum((v) => v.report.errors), sum((v) => v.report.warnings)];
  const repaired = sum((v) => v.report.repaired);
  const { missing, expected } = {
    missing: sum((v) => v.report.gaps.missing),
    expected: sum((v) => v.report.gaps.expected),
  };
  const wrong =
    errors === 0 ? "Nothing contradicts itself" : `${counted(errors, "error")}: data that contradicts itself`;
  const mended =
    repaired === 0 ? "" : `, ${counted(repaired, "finding")} repaired by a rule that was asked for`;
  const hints = `${mended}${warnings === 0 ? "" : `, ${counted(warnings, "warning")}`}`;
  const gone =
    missing === 0
      ? "no bar is missing"
      : `${counted(missing, "bar")} of ${expected.toLocaleString("en-GB")} ${missing === 1 ? "is" : "are"} missing (${percent(missing / expected, missing / expected < 0.1 ? 2 : 0)})`;
  return `${wrong}${hints}; ${gone}.`;
}

/** The question, the answer, and what was read. */
export function checkHeadline(views: readonly CheckView[]): Html {
  const [first] = views;
  const single = views.length === 1 && first;
  const files = views.flatMap((view) => view.files).length;
  return html`<header class="top">
    <p class="kicker"><b>Rhyme</b> <span>check of ${counted(files, "candle file")}</span></p>
    <h1>${checkTitle(views)}</h1>
    <p class="deck">${checkSentence(views)}</p>
    ${single ? seriesFacts(first) : seriesTable(views)}
  </header>`;
}

/** Where the part of one series begins, on a page of several. */
export function seriesHeading(view: CheckView): Html {
  return html`<header class="series" id="${view.id}">
    <h2>${view.name}</h2>
    <p class="deck">${checkSentence([view])}</p>
    ${seriesFacts(view)}
  </header>`;
}

function seriesFacts(view: CheckView): Html {
  return html`<div class="facts">
    ${facts(view).map(
      ([title, text]) =>
        html`<div>
          <h3>${title}</h3>
          <p>${text}</p>
        </div>`,
    )}
  </div>`;
}

function facts({ report, series, files, rowsRead, assumptions }: CheckView): [string, Fragment][] {
  const { gaps } = report;
  const [longest] = gaps.longestHoles;
  const span = report.first
    ? `${stampText(Date.parse(report.first))} to ${stampText(Date.parse(report.last!))}`
    : "none";
  const closed =
    gaps.closures > 0
      ? `Closed ${counted(gaps.closures, "time")}, ${counted(gaps.closedHours, "hour")}.`
      : "Never closed.";
  const holes = longest
    ? `${counted(gaps.holes, "hole")}, the longest from ${stampText(Date.parse(longest.from))} to ${stampText(Date.parse(longest.to))}: ${counted(longest.bars, "bar")}.`
    : "Every bar that the calendar expects is there.";
  return [
    ["Candles", `${counted(report.rows, "candle")} of ${counted(rowsRead, "row")} read. ${span}.`],
    ["Holes", holes],
    ["Market", `${series.calendar.name} (${series.calendar.zone}). ${closed}`],
    [
      "Read with",
      html`<span class="read"
        >${files.map((file) => html`<span class="file">${file}</span>`)}${assumptions.map((text) => html`<span>${text}</span>`)}</span
      >`,
    ],
  ];
}

function seriesTable(views: readonly CheckView[]): Html {
  const row = (view: CheckView): Html =>
    html`<tr>
      <th scope="row"><a href="#${view.id}">${view.name}</a></th>
      <td>${view.report.rows.toLocaleString("en-GB")}</td>
      <td class="${view.report.errors > 0 ? "happened" : ""}">
        ${view.report.errors.toLocaleString("en-GB")}
      </td>
      <td>${view.report.warnings.toLocaleString("en-GB")}</td>
      <td>${view.report.gaps.missing.toLocaleString("en-GB")}</td>
      <td>${view.report.first?.slice(0, 10) ?? "–"}</td>
      <td>${view.report.last?.slice(0, 10) ?? "–"}</td>
    </tr>`;
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Table of series">
    <table class="plain-table">
      <thead>
        <tr>
          ${["series", "candles", "errors", "warnings", "missing", "from", "to"].map((name) => html`<th scope="col">${name}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${views.map(row)}
      </tbody>
    </table>
  </div>`;
}
