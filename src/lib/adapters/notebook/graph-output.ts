import type { CandlesByTimeframe } from "../../candles/candle-series.ts";
import { EDGE_KINDS, type Graph } from "../../graph/graph.ts";
import { html, scriptJson } from "../html/html.ts";
import { TOKENS } from "../html/page-view.ts";
import { EDGE_NAMES, graphFigure } from "../plotly/graph-figure.ts";
import { counted } from "../text/words.ts";
import { figureSlot } from "./figure-output.ts";
import type { DisplayHost, MimeBundle } from "./host.ts";
import { styled } from "./output-style.ts";
import { rowsTable } from "./rows-table.ts";
import { tableHtml } from "./table-output.ts";

// Beyond this many edges a drawing is a blot.
const DRAWN = 20_000;

/**
 * A graph: how many nodes and edges of which kind, and its picture as long as one can see something in it. With the
 * candles that its nodes are, hovering says their prices.
 */
export function graphBundle(graph: Graph, host: DisplayHost, candles: CandlesByTimeframe = {}): MimeBundle {
  const [N, E] = [graph.knownAt.length, graph.senders.length];
  const head = `${counted(N, "node")} of ${graph.timeframes.join(", ")}; ${counted(E, "edge")}; ${counted(graph.featureNames.length, "feature")}`;
  const kinds = EDGE_KINDS.map((kind, i) => ({ edges: EDGE_NAMES[kind], count: countOf(graph.edgeType, i) }));
  const figure = N > 1 && E <= DRAWN ? graphFigure(graph, candles, { palette: TOKENS }) : null;
  const chart = figure
    ? figureSlot(host, Number(figure.layout["height"]), `() => (${scriptJson(figure).markup}), {}`)
    : html`<p class="soft">
        Too many edges for a picture: take the last bars with sliceRows, or a window graph.
      </p>`;
  return {
    "text/html": styled(
      html`<p class="head"><b>Graph</b> <span class="soft">${head}</span></p>`,
      chart,
      tableHtml(rowsTable(kinds)),
    ),
    "text/plain": `Graph: ${head}; ${EDGE_KINDS.map((kind, i) => `${kind} ${kinds[i]!.count}`).join(", ")}`,
  };
}

function countOf(kinds: Uint8Array, wanted: number): number {
  return kinds.reduce((count, kind) => count + Number(kind === wanted), 0);
}
