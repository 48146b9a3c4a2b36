import { randomUUID } from "node:crypto";
import { html, scriptJson, trusted, type Fragment, type Html } from "../html/html.ts";
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

/**
 * The place of a figure. What stands in it is seen where scripts may not run, as in a notebook that somebody else ran;
 * drawing takes its place.
 */
export function emptySlot(id: string, height: number): Html {
  return html`<div id="${id}" class="figure" style="height:${height}px">
    <p class="soft">
      Figure. It is drawn once this notebook is trusted (File › Trust Notebook) or its cell is run.
    </p>
  </div>`;
}

/** A slot and the script that draws into it; `call` is the code of arguments two to four of rhymeFigures.add. */
export function figureSlot(host: DisplayHost, height: number, call: string): Fragment {
  const id = `figure-${randomUUID()}`;
  return html`<script>
      ${trusted(FIGURE_SCRIPT)};
    </script>
    ${libraryScript(host)} ${emptySlot(id, height)}
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
      { gridcolor: LIGHT.grid, automargin: true, ...wholeNumbers(layout[name]), ...(layout[name] as object) },
    ]),
  );
  return {
    data: figure.data.map((trace) => named(trace)),
    layout: named({ ...defaults, ...layout, ...axes, ...readable(layout["annotations"]) }),
  };
}

/** Words without an arrow stand on the paper, whatever is drawn below them. */
function readable(annotations: unknown): object {
  if (!Array.isArray(annotations)) return {};
  const given = annotations as readonly { readonly showarrow?: boolean }[];
  return {
    annotations: given.map((one) => (one.showarrow === false ? { bgcolor: LIGHT.paper, ...one } : one)),
  };
}

/** Ticks of a logarithmic axis at 1, 2, 5, 10, 20 …: Plotly writes 20 and 50 as 2 and 5 unless it is told a format. */
function wholeNumbers(axis: unknown): object {
  return (axis as { readonly type?: string } | undefined)?.type === "log"
    ? { dtick: "D2", tickformat: ",.7~r" }
    : {};
}

function named<T>(value: T): T {
  if (typeof value === "string") return (NAMES.get(value) ?? value) as T;
  if (ArrayBuffer.isView(value)) return Array.from(value as unknown as ArrayLike<number>) as T;
  if (Array.isArray(value))
    return (value.length > 5000 ? value : value.map((item: unknown) => named(item))) as T;
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, named(item as unknown)])) as T;
}
