import type { Finding } from "../../../candles/finding.ts";
import { counted } from "../../text/words.ts";
import { candlePicture, smallPicture } from "../check-picture.ts";
import { smallStamps, stampPicture, stampRun } from "../check-stamps.ts";
import { placeText, stampText, type CheckView, type KindOfFindings } from "../check-view.ts";
import { barWindow } from "../check-window.ts";
import { html, type Html } from "../html.ts";
import { section } from "./section.ts";

/** Every finding of one kind: a picture each up to the limit, then a table with a small one each. */
export function kindSection(kind: KindOfFindings, view: CheckView): Html {
  const { findings, error } = kind;
  const { pictures, rows } = view.budget;
  const shown = findings.slice(0, pictures);
  const listed = findings.slice(pictures, pictures + rows);
  const more = findings.length - shown.length - listed.length;
  const rules = [...new Set(findings.flatMap(({ rule }) => (rule === undefined ? [] : [rule])))];
  const note = html`<p class="${error ? "happened" : ""}">
      ${error ? "Error" : "Warning"},
      ${counted(findings.length, "time")}${kind.concerned > findings.length ? `, ${counted(kind.concerned, kind.kind === "missing-bars" ? "bar" : "row")}` : ""}.
    </p>
    <p>${howToRead(kind.kind)}</p>
    ${rules.length > 0 ? html`<p>Repaired, as asked: ${rules.join("; ")}.</p>` : null}
    ${listed.length > 0 ? html`<p>The first ${shown.length} as pictures (--show says how many), then ${listed.length.toLocaleString("en-GB")} in a table.</p>` : null}`;
  const title = `${kind.says.charAt(0).toUpperCase()}${kind.says.slice(1)}`;
  const body = html`<div class="findings">${shown.map((finding) => card(finding, view))}</div>
    ${listed.length > 0 ? rest(listed, view) : null}
    ${more > 0 ? html`<p class="note limit">And ${more.toLocaleString("en-GB")} more, which would make this page too large: <code>--json</code> lists every one.</p>` : null}`;
  return section({ id: `${view.id}-${kind.kind}`, title, note }, body);
}

function howToRead(kind: string): string {
  if (kind === "unsorted") return "Stamps line by line, upwards is later; the step back in red.";
  if (kind === "missing-bars") return "The candles on both sides of each hole.";
  return "The candles on the lines around it; the ones concerned in red, what stands in their place in teal, other odd ones pale. A price far off is said at the edge.";
}

function card(finding: Finding, view: CheckView): Html {
  const when = finding.time === null ? null : stampText(finding.time);
  const label = `${when ?? placeText(finding, view)}: ${finding.value}`;
  return html`<figure class="finding">
    ${picture(finding, view, label)}
    <figcaption>
      <b>${when ?? "no time"}</b> <span class="done">${finding.done}</span>
      <span class="value">${valueText(finding)}</span>
      <span class="place">${placeText(finding, view)}</span>
    </figcaption>
  </figure>`;
}

function picture(finding: Finding, view: CheckView, label: string): Html {
  if (finding.kind === "unsorted") {
    const run = stampRun(finding, view.raw, view.rows);
    if (run) return stampPicture(run, label);
  }
  const window = barWindow(finding, view, view.rows);
  if (!window) return html`<p class="nothing">no candles beside it</p>`;
  return candlePicture(window, label, finding.kind.includes("volume"));
}

function rest(listed: readonly Finding[], view: CheckView): Html {
  return html`<details ${listed.length <= 40 ? html`open` : null}>
    <summary>${counted(listed.length, "further finding")} in a table</summary>
    <div class="scroll" tabindex="0" role="region" aria-label="Further findings">
      <table class="plain-table rest">
        <thead>
          <tr>
            ${["", "time", "what stands there", "where", "done"].map((name) => html`<th scope="col">${name}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${listed.map((finding) => restRow(finding, view))}
        </tbody>
      </table>
    </div>
  </details>`;
}

function restRow(finding: Finding, view: CheckView): Html {
  return html`<tr>
    <td>${small(finding, view)}</td>
    <th scope="row">${finding.time === null ? "–" : stampText(finding.time)}</th>
    <td class="words">${valueText(finding)}</td>
    <td class="words place">${placeText(finding, view)}</td>
    <td class="words">${finding.done}</td>
  </tr> `;
}

function small(finding: Finding, view: CheckView): Html | null {
  const run = finding.kind === "unsorted" ? stampRun(finding, view.raw, view.rows) : null;
  if (run) return smallStamps(run);
  const window = barWindow(finding, view, view.rows);
  return window && smallPicture(window);
}

/** What stands there, without the time where that is said beside it. */
function valueText({ value, count, kind, time }: Finding): string {
  const said = value.replace(
    /(\d{4}-\d\d-\d\d)T(\d\d:\d\d(?::\d\d)?(?:\.\d+)?)Z/g,
    (_, date: string, clock: string) => `${date} ${clock.replace(/^(\d\d:\d\d):00$/, "$1")}`,
  );
  const what = time !== null && said === stampText(time) ? "" : said;
  const rows = count > 1 ? counted(count, kind === "missing-bars" ? "bar" : "row") : "";
  return [rows, what].filter((part) => part !== "").join("; ");
}
