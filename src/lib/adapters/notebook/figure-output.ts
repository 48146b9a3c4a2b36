import { randomUUID } from "node:crypto";
import { html, scriptJson, trusted, type Fragment } from "../html/html.ts";
import { plotlyBundle } from "../html/plotly-bundle.ts";
import { LIGHT, type Figure } from "../plotly/figure.ts";
import { FIGURE_SCRIPT } from "./figure-script.ts";
import type { DisplayHost, MimeBundle } from "./host.ts";
import { styled } from "./output-style.ts";

const HEIGHT = 420;

/** Marks the element that holds the library, for whoever puts a notebook's outputs together anew. */
export const LIBRARY_MARK = "rhyme-charting-library";

/** The library itself, where no earlier output of the notebook brought it. */
export function libraryScript(host: DisplayHost): Fragment {
  if (!host.once("plotly")) return null;
  return html`<script class="${LIBRARY_MARK}">
    window.rhymeFigures.library("${trusted(plotlyBundle())}");
  </script>`;
}

/** A slot and the script that draws into it; `call` is the code of arguments two to four of rhymeFigures.add. */
export function figureSlot(host: DisplayHost, height: number, call: string): Fragment {
  const id = `figure-${randomUUID()}`;
  return html`<script>
      ${trusted(FIGURE_SCRIPT)};
    </script>
    ${libraryScript(host)}
    <div id="${id}" class="figure" style="height:${height}px"></div>
    <script>
      window.rhymeFigures.add(${scriptJson(id)}, ${trusted(call)});
    </script>`;
}

/** A Plotly figure, drawn in the notebook's theme: offline, live, also in an exported page. */
export function figureBundle(figure: Figure, host: DisplayHost): MimeBundle {
  const height = Number(figure.layout["height"] ?? HEIGHT);
  const plain = scriptJson(themed(figure)).markup;
  return {
    "text/html": styled(figureSlot(host, height, `() => (${plain}), {}`)),
    "application/vnd.plotly.v1+json": { data: figure.data, layout: figure.layout },
    "text/plain": `Figure with ${figure.data.length} ${figure.data.length === 1 ? "trace" : "traces"}`,
  };
}

const NAMES = new Map(Object.entries(LIGHT).map(([name, colour]) => [colour, `$${name}`]));

/** Colours of the light palette become names, which the script looks up in the palette of the theme. */
export function themed(figure: Figure): Figure {
  const { layout } = figure;
  const defaults = {
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    font: { color: LIGHT.ink, size: 12 },
    margin: { l: 56, r: 16, t: layout["title"] === undefined ? 12 : 44, b: 44 },
    height: HEIGHT,
  };
  const axes = Object.fromEntries(
    ["xaxis", "yaxis"].map((name) => [
      name,
      { gridcolor: LIGHT.grid, automargin: true, ...(layout[name] as object) },
    ]),
  );
  return {
    data: figure.data.map((trace) => named(trace)),
    layout: named({ ...defaults, ...layout, ...axes }),
  };
}

function named<T>(value: T): T {
  if (typeof value === "string") return (NAMES.get(value) ?? value) as T;
  if (ArrayBuffer.isView(value)) return Array.from(value as unknown as ArrayLike<number>) as T;
  if (Array.isArray(value))
    return (value.length > 5000 ? value : value.map((item: unknown) => named(item))) as T;
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, named(item as unknown)])) as T;
}
