import { iso } from "../time/units.ts";
import { EDGE_KINDS, type Graph } from "./graph.ts";

/**
 * The graph as GraphML (http://graphml.graphdrawing.org), read by networkx, Gephi and yEd. A node carries
 * timeframe, row, openTime and knownAt (ISO) and its features by name; an edge kind and weight. Undefined
 * features are left out.
 * @example networkx: `nx.read_graphml("window.graphml")`
 */
export function toGraphml(graph: Graph): string {
  const F = graph.featureNames.length;
  const keys = [
    ...["timeframe", "openTime", "knownAt"].map((name) => key(name, "node", name, "string")),
    key("row", "node", "row", "long"),
    ...graph.featureNames.map((name, f) => key(`f${f}`, "node", name, "double")),
    key("kind", "edge", "kind", "string"),
    key("weight", "edge", "weight", "double"),
  ];
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">',
    ...keys,
    '<graph id="candles" edgedefault="directed">',
  ];
  for (let n = 0; n < graph.knownAt.length; n++) {
    const values = [
      data("timeframe", graph.timeframes[graph.nodeTimeframe[n]!]!),
      data("openTime", iso(graph.nodeOpenTime[n]!)),
      data("knownAt", iso(graph.knownAt[n]!)),
      data("row", graph.nodeRow[n]!),
    ];
    for (let f = 0; f < F; f++) {
      const value = graph.nodes[n * F + f]!;
      if (Number.isFinite(value)) values.push(data(`f${f}`, value));
    }
    lines.push(`<node id="n${n}">${values.join("")}</node>`);
  }
  for (let e = 0; e < graph.senders.length; e++)
    lines.push(
      `<edge source="n${graph.senders[e]!}" target="n${graph.receivers[e]!}">` +
        `${data("kind", EDGE_KINDS[graph.edgeType[e]!]!)}${data("weight", graph.edgeWeight[e]!)}</edge>`,
    );
  return `${[...lines, "</graph>", "</graphml>"].join("\n")}\n`;
}

function key(id: string, of: "node" | "edge", name: string, type: "string" | "long" | "double"): string {
  return `<key id="${id}" for="${of}" attr.name="${escapeXml(name)}" attr.type="${type}"/>`;
}

function data(id: string, value: string | number): string {
  return `<data key="${id}">${typeof value === "number" ? value : escapeXml(value)}</data>`;
}

function escapeXml(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd]/g, "") // not allowed in XML 1.0
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
