import { stripVTControlCharacters } from "node:util";
import { marked } from "marked";
import { html, scriptJson, trusted, type Fragment, type Html } from "../../lib/adapters/html/html.ts";
import { formatTable } from "../../cli/ui.ts";
import type { Output } from "../kernel-client.ts";
import { CI_PARAMETERS } from "./ci-parameters.ts";
import { colourCode } from "./colour-code.ts";
import { EXPORT_STYLE } from "./export-style.ts";
import type { Cell } from "./notebook-file.ts";
import type { NotebookRun } from "./run-notebook.ts";
import type { RunRecord } from "./run-record.ts";

// The page must work offline for ever: it may fetch nothing at all.
const POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data: blob:; base-uri 'none'; form-action 'none'";

/** An executed notebook as one HTML file: figures alive, light and dark, and at its end where it comes from. */
export function notebookPage({ notebook, runs, record }: NotebookRun, name: string): string {
  const title = titleOf(notebook.cells) ?? name;
  return html`<!doctype html>
    <html lang="en" class="rhyme-page">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta http-equiv="Content-Security-Policy" content="${POLICY}" />
        <title>${title}</title>
        <style>
          ${trusted(EXPORT_STYLE)}
        </style>
      </head>
      <body>
        <main>
          ${notebook.cells.map((cell, i) => cellHtml(cell, runs[i]?.outputs ?? []))}
          ${provenance(record, name)}
        </main>
        <script type="application/json" id="run">
          ${scriptJson(record)}
        </script>
      </body>
    </html> `.markup;
}

function titleOf(cells: readonly Cell[]): string | null {
  const heading = cells
    .filter(({ kind }) => kind === "markdown")
    .flatMap(({ source }) => /^#\s+(.+)$/m.exec(source) ?? []);
  return heading[1] ?? null;
}

function cellHtml({ kind, source, tags }: Cell, outputs: readonly Output[]): Fragment {
  if (kind === "markdown")
    return html`<section class="words">${trusted(marked.parse(source, { async: false }))}</section>`;
  if (tags.includes(CI_PARAMETERS)) return null; // of no interest to whoever reads
  if (kind === "raw") return html`<pre class="raw">${source}</pre>`;
  const marks = tags.includes("parameters") ? " parameters" : "";
  const code =
    source.trim() === "" ? null : html`<pre class="code${marks}"><code>${colourCode(source)}</code></pre>`;
  return html`<section class="cell">${code}${outputs.map(outputHtml)}</section>`;
}

function outputHtml(output: Output): Fragment {
  switch (output.output_type) {
    case "stream":
      return html`<pre class="stream ${output.name}">${bare(output.text)}</pre>`;
    case "error":
      return html`<pre class="error">${bare(output.traceback.join("\n"))}</pre>`;
    case "display_data":
    case "execute_result":
      return bundleHtml(output.data);
  }
}

/** The richest form that a page can show. */
function bundleHtml(data: Readonly<Record<string, unknown>>): Fragment {
  const text = (type: string): string | null => {
    const value = data[type];
    return typeof value === "string" ? value : Array.isArray(value) ? value.join("") : null;
  };
  const rich = text("text/html") ?? text("image/svg+xml");
  if (rich !== null) return html`<div class="rich">${trusted(rich)}</div>`;
  for (const type of ["image/png", "image/jpeg"]) {
    const image = text(type);
    if (image !== null) return html`<img alt="" src="data:${type};base64,${image.replaceAll("\n", "")}" />`;
  }
  const words = text("text/markdown");
  if (words !== null) return html`<div class="words">${trusted(marked.parse(words, { async: false }))}</div>`;
  return html`<pre class="stream">${bare(text("text/plain") ?? JSON.stringify(data))}</pre>`;
}

/** Without a terminal's colours. */
const bare = stripVTControlCharacters;

function provenance(record: RunRecord, name: string): Html {
  const { started, seconds, codeVersion, node, parameters, dataHash, data, cells } = record;
  const row = (label: string, said: Fragment): Html =>
    html`<tr>
      <th>${label}</th>
      <td>${said}</td>
    </tr>`;
  const named = Object.entries(parameters).map(([key, value]) => `${key} = ${JSON.stringify(value)}`);
  const slowest = cells.toSorted((a, b) => b.milliseconds - a.milliseconds).slice(0, 3);
  const costs = formatTable([
    ["cell", "seconds", "memory"],
    ...slowest.map((one) => [
      one.cell,
      (one.milliseconds / 1000).toFixed(1),
      `${megabytes(one.heapGrowth)} MB`,
    ]),
  ]);
  return html`<footer>
    <h2>Where this comes from</h2>
    <table>
      ${row("notebook", name)} ${row("run", `${started}, ${seconds.toFixed(1)} s, Node ${node}`)}
      ${row("code", codeVersion)} ${row("parameters", named.length > 0 ? named.join(", ") : "none")}
      ${row("data", dataHash === null ? "no file was read" : `sha256 ${dataHash}`)}
      ${data.map(({ file, sha256 }) => row("", `${file} ${sha256.slice(0, 16)}…`))}
      ${row("slowest cells", html`<pre>${costs}</pre>`)}
    </table>
  </footer>`;
}

function megabytes(bytes: number): string {
  return `${bytes >= 0 ? "+" : "−"}${Math.abs(bytes / 1e6).toFixed(0)}`;
}
