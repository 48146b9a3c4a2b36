import { principalAxes } from "../../encoder/principal-axes.ts";
import type { Embeddings } from "../../encoder/encoder.ts";
import { baseLayout, LIGHT, type Figure } from "../plotly/figure.ts";

/** What points are coloured by: one value per anchor, NaN where there is none. */
export interface Colouring {
  readonly name: string;
  readonly values: ArrayLike<number>; // [A]
  /** `round`: the last colour meets the first, for hours of a day or days of a week. */
  readonly scale?: "straight" | "round";
}

const MOST = 2_000; // points: more lie on each other
const GAP = 0.06; // between panels, as a share of the width
const STRAIGHT = [
  [0, "#0a4a6c"],
  [0.35, "#0a8c84"],
  [0.65, "#d9a520"],
  [1, "#b3123f"],
] as const;
const ROUND = [
  [0, "#26408b"],
  [0.25, "#0a8c84"],
  [0.5, "#d9a520"],
  [0.75, "#b3123f"],
  [1, "#26408b"],
] as const;

/**
 * A map of moments: embeddings along their two widest directions, the same points once for each colouring. Neighbours
 * on the map need not be neighbours in memory: two of D directions are seen.
 */
export function embeddingFigure(embeddings: Embeddings, colourings: readonly Colouring[]): Figure {
  const { x, y, points } = places(embeddings);
  const width = (1 - GAP * (colourings.length - 1)) / colourings.length;
  const base = baseLayout(LIGHT) as { readonly xaxis: object; readonly yaxis: object };
  const bare = { showticklabels: false, ticks: "", showgrid: false, zeroline: false };
  const layout: Record<string, unknown> = { ...base, height: 400, margin: { l: 12, r: 12, t: 56, b: 24 } };
  const names: object[] = [];
  const data = colourings.map(({ name, values, scale }, i) => {
    const from = i * (width + GAP);
    const axis = i === 0 ? "" : String(i + 1);
    layout[`xaxis${axis}`] = { ...base.xaxis, ...bare, domain: [from, from + width] };
    layout[`yaxis${axis}`] = { ...base.yaxis, ...bare, anchor: `x${axis}` };
    names.push({
      ...{ x: from, xref: "paper", xanchor: "left", y: 1, yref: "paper", yanchor: "bottom" },
      ...{ text: name, showarrow: false, font: { color: LIGHT.ink, size: 13 } },
    });
    const colour = points.map((a) => tidy(values[a]!));
    return {
      ...{ type: "scatter", mode: "markers", x, y, xaxis: `x${axis}`, yaxis: `y${axis}` },
      text: points.map((a) => new Date(embeddings.anchors[a]!).toISOString().slice(0, 16).replace("T", " ")),
      customdata: colour,
      hovertemplate: `%{text}<br>${name}: %{customdata}<extra></extra>`,
      marker: {
        ...{ size: 4, opacity: 0.65, color: colour, colorscale: scale === "round" ? ROUND : STRAIGHT },
        colorbar: {
          ...{ orientation: "h", x: from + width / 2, xanchor: "center", y: 0, yanchor: "top" },
          ...{ len: width * 0.9, thickness: 8, outlinewidth: 0, tickfont: { color: LIGHT.soft, size: 10 } },
        },
      },
    };
  });
  layout["annotations"] = names;
  layout["hovermode"] = "closest";
  return { data, layout };
}

/** Places of at most MOST evenly spaced anchors along the two widest axes of their embeddings. */
function places({ vectors, anchors, dim }: Embeddings): { x: number[]; y: number[]; points: number[] } {
  const A = anchors.length;
  const step = Math.max(1, Math.ceil(A / MOST));
  const points = Array.from({ length: Math.ceil(A / step) }, (_, i) => i * step);
  const rows = new Float64Array(points.length * dim);
  points.forEach((a, i) => rows.set(vectors.subarray(a * dim, (a + 1) * dim), i * dim));
  const { weight, bias } = principalAxes(rows, dim, 2);
  const along = (axis: number): number[] =>
    points.map((_, i) => {
      let sum = bias[axis]!;
      for (let d = 0; d < dim; d++) sum += rows[i * dim + d]! * weight[d * 2 + axis]!;
      return tidy(sum)!;
    });
  return { x: along(0), y: along(1), points };
}

function tidy(value: number): number | null {
  return Number.isFinite(value) ? Math.round(value * 1e4) / 1e4 : null;
}
