import type { Figure } from "../plotly/figure.ts";
import { html, scriptJson, trusted, type Fragment } from "./html.ts";
import { PAGE_SCRIPT } from "./page-script.ts";
import { PAGE_STYLE } from "./page-style.ts";
import { plotlyBundle } from "./plotly-bundle.ts";

// No address is allowed at all: what the page needs is in it.
const POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data: blob:; base-uri 'none'; form-action 'none'";

export interface PageParts {
  readonly title: string;
  /** One sentence, for lists of pages. */
  readonly description: string;
  readonly body: Fragment;
  /** By the id of the slot that each is drawn in. */
  readonly figures: Readonly<Record<string, Figure>>;
  /** Style of this kind of page, beside what all pages share; never from outside. */
  readonly style?: string;
}

/**
 * What every page of Rhyme is made of: one file, no request, light and dark, readable without JavaScript except for
 * the interactive charts. The charting library travels along where there is a figure. Equal parts, equal text.
 */
export function pageShell({ title, description, body, figures, style = "" }: PageParts): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta http-equiv="Content-Security-Policy" content="${POLICY}" />
        <meta name="description" content="${description}" />
        <title>${title}</title>
        <style>
          ${trusted(PAGE_STYLE + style)}
        </style>
      </head>
      <body>
        <main class="page">${body}</main>
        <script type="application/json" id="figures">
          ${scriptJson(figures)}
        </script>
        <script type="text/plain" id="plotly">
          ${Object.keys(figures).length > 0 ? trusted(plotlyBundle()) : null}
        </script>
        <script>
          ${trusted(PAGE_SCRIPT)};
        </script>
      </body>
    </html> `.markup;
}
