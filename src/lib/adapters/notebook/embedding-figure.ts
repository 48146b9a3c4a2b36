import { principalAxes } from "../../encoder/principal-axes.ts";
import type { Embeddings } from "../../encoder/encoder.ts";
import { baseLayout, LIGHT, type Figure } from "../plotly/figure.ts";

/** What points are coloured by: one value per anchor, NaN where there is none. */
export interface Colouring {
  readonly name: string;
  readonly values: ArrayLike<number>; // [A]
  /**
   * `round`: the last colour meets the first, for hours of a day or days of a week; `steps`: one colour for each
   * category. Default: `steps` for whole numbers from 0 up to at most 24 of them, else `straight`.
   */
  readonly scale?: "straight" | "round" | "steps";
  /** Of the categories 0, 1, 2 …, said on hovering, and below the map where there is room. */
  readonly names?: readonly string[];
}

const MOST = 2_000; // points: more lie on each other
const GAP = 0.06; // between panels, as a share of the width
const CATEGORIES = 24; // more are no categories
const [NAMED, TICKS] = [6, 8]; // names, numbers that fit below a panel
const OUTSIDE = 0.02; // at either end, beyond the colours: one outlier would make all else alike
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
  const data = colourings.map((colouring, i) => {
    const { name, values, names: categories } = colouring;
    const from = i * (width + GAP);
    const axis = i === 0 ? "" : String(i + 1);
    layout[`xaxis${axis}`] = { ...base.xaxis, ...bare, domain: [from, from + width] };
    layout[`yaxis${axis}`] = { ...base.yaxis, ...bare, anchor: `x${axis}` };
    names.push({
      ...{ x: from, xref: "paper", xanchor: "left", y: 1, yref: "paper", yanchor: "bottom" },
      ...{ text: name, showarrow: false, font: { color: LIGHT.ink, size: 13 } },
    });
    const colour = points.map((a) => tidy(values[a]!));
    const { ticks: barTicks, ...colours } = coloursOf(colour, colouring);
    return {
      ...{ type: "scatter", mode: "markers", x, y, xaxis: `x${axis}`, yaxis: `y${axis}` },
      text: points.map((a) => new Date(embeddings.anchors[a]!).toISOString().slice(0, 16).replace("T", " ")),
      customdata: categories ? colour.map((one) => (one === null ? null : (categories[one] ?? one))) : colour,
      hovertemplate: `%{text}<br>${name}: %{customdata}<extra></extra>`,
      marker: {
        ...{ size: 4, opacity: 0.65, color: colour, ...colours },
        colorbar: {
          ...{ orientation: "h", x: from + width / 2, xanchor: "center", y: 0, yanchor: "top" },
          ...{ len: width * 0.9, thickness: 8, outlinewidth: 0, tickfont: { color: LIGHT.soft, size: 10 } },
          ...barTicks,
        },
      },
    };
  });
  layout["annotations"] = names;
  layout["hovermode"] = "closest";
  return { data, layout };
}

interface Colours {
  readonly colorscale: readonly (readonly [number, string])[];
  readonly cmin?: number;
  readonly cmax?: number;
  readonly ticks: object;
}

function coloursOf(values: readonly (number | null)[], { scale, names }: Colouring): Colours {
  const known = values.filter((value) => value !== null).sort((a, b) => a - b);
  if (known.length === 0) return { colorscale: STRAIGHT, ticks: {} };
  const last = known.at(-1)!;
  const isCategory = (value: number): boolean => Number.isInteger(value) && value >= 0 && value < CATEGORIES;
  if (scale === "steps" || (scale === undefined && last > 0 && known.every(isCategory)))
    return steps(Math.max(last + 1, names?.length ?? 0), names);
  if (scale === "round") return { colorscale: ROUND, ticks: {} };
  const at = (share: number): number => known[Math.round(share * (known.length - 1))]!;
  const [cmin, cmax] = [at(OUTSIDE), at(1 - OUTSIDE)];
  return { colorscale: STRAIGHT, ticks: {}, ...(cmin < cmax ? { cmin, cmax } : {}) };
}

/** One colour for each of the categories 0 to `count` − 1, none between them. */
function steps(count: number, names: readonly string[] | undefined): Colours {
  const tickvals = Array.from({ length: count }, (_, i) => i);
  const colorscale = tickvals.flatMap((i) => {
    const colour = between(STRAIGHT, count > 1 ? i / (count - 1) : 0);
    return [[i / count, colour] as const, [(i + 1) / count, colour] as const];
  });
  const ticks =
    names !== undefined && count <= NAMED
      ? { tickvals, ticktext: tickvals.map((i) => names[i] ?? String(i)) }
      : { tickvals: tickvals.filter((i) => i % Math.ceil(count / TICKS) === 0) };
  return { colorscale, cmin: -0.5, cmax: count - 0.5, ticks: { ...ticks, ticks: "", tickangle: 0 } };
}

/** The colour at `share` of a scale. */
function between(scale: typeof STRAIGHT, share: number): string {
  const after = Math.max(
    1,
    scale.findIndex(([at]) => at >= share),
  );
  const [[from, low], [to, high]] = [scale[after - 1]!, scale[after]!];
  const part = (share - from) / (to - from);
  const channel = (colour: string, c: number): number =>
    Number.parseInt(colour.slice(1 + 2 * c, 3 + 2 * c), 16);
  const mixed = [0, 1, 2].map((c) => Math.round(channel(low, c) * (1 - part) + channel(high, c) * part));
  return `#${mixed.map((value) => value.toString(16).padStart(2, "0")).join("")}`;
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
