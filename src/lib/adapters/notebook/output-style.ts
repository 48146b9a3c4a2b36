import { DARK, LIGHT, type Palette } from "../plotly/figure.ts";
import { html, trusted, type Fragment } from "../html/html.ts";

const colours = (palette: Palette): string =>
  Object.entries(palette)
    .map(([name, colour]) => `--${name}:${colour}`)
    .join(";");

/** JupyterLab says its theme on the body; an exported page follows the reader's system. */
const STYLE = `
.rhyme-out{${colours(LIGHT)};color:var(--ink);font:13px/1.5 Inter,system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;font-variant-numeric:tabular-nums;font-variant-ligatures:no-contextual;max-width:100%}
[data-jp-theme-light="false"] .rhyme-out{${colours(DARK)}}
@media (prefers-color-scheme:dark){.rhyme-page .rhyme-out{${colours(DARK)}}}
.rhyme-out .head{margin:0 0 6px;font-size:14px}.rhyme-out .head b{font-weight:650}
.rhyme-out p{margin:0 0 6px;max-width:90ch}
.rhyme-out .soft{color:var(--soft)}.rhyme-out .bad{color:var(--happened)}.rhyme-out .mark{color:var(--other)}
.rhyme-out .scroll{overflow-x:auto;max-width:100%}
.rhyme-out table{border-collapse:collapse;margin:4px 0 8px;font-size:12.5px;border:0;color:var(--ink)}
.rhyme-out table th,.rhyme-out table td{padding:3px 12px 3px 0;text-align:right;border:0;border-bottom:1px solid var(--grid);white-space:nowrap;background:none;color:inherit;max-width:48ch;overflow:hidden;text-overflow:ellipsis}
.rhyme-out table tr{background:none!important}
.rhyme-out table th{color:var(--soft);font-weight:500;border-bottom-color:var(--soft)}
.rhyme-out table .l{text-align:left}
.rhyme-out table td.w{white-space:normal;overflow-wrap:anywhere;min-width:36ch;max-width:88ch;vertical-align:top}
.rhyme-out table caption{caption-side:bottom;text-align:left;color:var(--soft);padding:4px 0;font-size:12px}
.rhyme-out pre{font:12px/1.45 ui-monospace,"SF Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace;margin:6px 0;color:inherit;background:none;white-space:pre;overflow-x:auto}
.rhyme-out details>summary{cursor:pointer;color:var(--soft)}
.rhyme-out .bar{display:inline-block;vertical-align:middle;width:220px;height:6px;border-radius:3px;background:var(--grid);overflow:hidden;margin-right:10px}
.rhyme-out .bar i{display:block;height:100%;background:var(--past)}
`.trim();

/** Markup of one output, in its own style and in the colours of light and dark. */
export function styled(...parts: readonly Fragment[]): string {
  return html`<div class="rhyme-out">
    <style>
      ${trusted(STYLE)}</style
    >${parts}
  </div>`.markup;
}
