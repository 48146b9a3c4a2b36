import type { YearOfCandles } from "../../../candles/quality-report.ts";
import { percent } from "../../text/words.ts";
import type { CheckView } from "../check-view.ts";
import { html, type Fragment, type Html } from "../html.ts";
import { section } from "./section.ts";

/** What was found, by kind, and what each year holds. */
export function summarySection(view: CheckView): Html {
  const note = html`<p>
    An error is data that contradicts itself. A warning is data that is used as it is, or left out without
    loss of truth.
  </p>`;
  const found = view.kinds.length === 0 ? html`<p class="plain">Nothing was found.</p>` : kindTable(view);
  return section(
    { id: `${view.id}-summary`, title: "What was found", note },
    html`${found}
      <h3 class="years">By year</h3>
      ${yearTable(view.report.years)}`,
  );
}

function kindTable(view: CheckView): Html {
  const rows = view.report.kinds.map(({ kind, says, severity, findings, concerned, done }) => {
    const actions = Object.entries(done);
    const what = actions.map(([name, n]) => (actions.length === 1 ? name : `${name} ${count(n)}`));
    return html`<tr>
      <th scope="row"><a href="#${view.id}-${kind}">${says}</a></th>
      <td class="${severity === "error" ? "happened" : "soft"}">${severity}</td>
      <td>${count(findings)}</td>
      <td>${count(concerned)}</td>
      <td>${what.join(", ")}</td>
    </tr>`;
  });
  return table("Findings by kind", ["finding", "", "times", "rows or bars", "done"], rows);
}

function yearTable(years: readonly YearOfCandles[]): Html {
  const share = (value: number | null): string => (value === null ? "–" : percent(value, 1));
  const rows = years.map(
    (y) =>
      html`<tr>
        <th scope="row">${y.year}</th>
        <td>${count(y.expected)}</td>
        <td>${count(y.known)}</td>
        <td>${count(y.missing)}</td>
        <td>${share(y.openEqualsPreviousClose)}</td>
        <td>${share(y.zeroVolume)}</td>
      </tr>`,
  );
  return table("Years", ["year", "expected", "known", "missing", "open = close before", "no volume"], rows);
}

function table(label: string, head: readonly string[], rows: Fragment): Html {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${label}">
    <table class="plain-table">
      <thead>
        <tr>
          ${head.map((name) => html`<th scope="col">${name}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </div>`;
}

function count(n: number): string {
  return n.toLocaleString("en-GB");
}
