import { axisTitle, baseLayout, LIGHT, plotlyText, type Figure, type Palette } from "./figure.ts";

/** A line over periods; null where a period has no value. */
export interface PeriodLine {
  readonly name: string;
  readonly values: readonly (number | null)[];
  readonly strength: "own" | "ink" | "other" | "soft";
}

export interface PeriodsFigureInput {
  /** Start of each period, ISO. */
  readonly from: readonly string[];
  readonly to: readonly string[];
  readonly lines: readonly PeriodLine[];
  /** Where lines should lie: nominal coverage, or a ratio of 1. */
  readonly marks: readonly number[];
  readonly unit: "percent" | "ratio";
  readonly title: string;
  /** Least range of the axis. */
  readonly range: readonly [number, number];
  readonly bars?: boolean;
  readonly palette?: Palette;
}

/** Values per period of time, as lines or bars to look along, with the levels where they should lie. */
export function periodsFigure(input: PeriodsFigureInput): Figure {
  const palette = input.palette ?? LIGHT;
  return {
    data: input.lines.map((line) => traceOf(line, input, palette)),
    layout: layoutOf(input, palette),
  };
}

function traceOf(
  { name, values, strength }: PeriodLine,
  { from, to, unit, bars = false }: PeriodsFigureInput,
  palette: Palette,
): Record<string, unknown> {
  const color = { own: palette.past, ink: palette.ink, other: palette.other, soft: palette.soft }[strength];
  const own = strength === "own";
  const line = {
    type: "scatter",
    mode: "lines+markers",
    line: { color, width: own ? 2.4 : 1.3 },
    marker: { color, size: own ? 6 : 4 },
    connectgaps: false,
  };
  const scale = scaleOf(unit);
  return {
    ...(bars ? { type: "bar", textposition: "none", marker: { color } } : line),
    name: plotlyText(name),
    x: from.map((start, i) => (Date.parse(start) + Date.parse(to[i]!)) / 2),
    y: values.map((value) =>
      value === null || !Number.isFinite(value) ? null : Math.round(value * scale * 1e4) / 1e4,
    ),
    text: from.map((start, i) => `${start.slice(0, 10)} to ${to[i]!.slice(0, 10)}`),
    hovertemplate: `${plotlyText(name)}: ${unit === "percent" ? "%{y:.1f}%" : "%{y:.4f}"}<br>%{text}<extra></extra>`,
  };
}

function layoutOf(input: PeriodsFigureInput, palette: Palette): Record<string, unknown> {
  const { from, to, lines, marks, unit, title, bars = false } = input;
  const base = baseLayout(palette) as { readonly xaxis: object; readonly yaxis: object };
  const scale = scaleOf(unit);
  const shown = lines.flatMap(({ values }) =>
    values.flatMap((v) => (v !== null && Number.isFinite(v) ? [v] : [])),
  );
  const [low, high] = [Math.min(input.range[0], ...shown), Math.max(input.range[1], ...shown)];
  const pad = bars ? 0 : (high - low) * 0.06;
  return {
    ...base,
    height: 280,
    margin: { l: 48, r: 16, t: 12, b: 34 },
    xaxis: {
      ...base.xaxis,
      type: "date",
      ...(from.length > 0 ? { range: [Date.parse(from[0]!), Date.parse(to.at(-1)!)] } : {}),
    },
    yaxis: {
      ...base.yaxis,
      range: [(low - pad) * scale, (high + pad) * scale],
      ...(unit === "percent" ? { ticksuffix: "%" } : {}),
      title: axisTitle(title, palette),
    },
    shapes: marks.map((mark) => level(mark * scale, palette)),
    hovermode: "closest",
  };
}

function level(y: number, palette: Palette): object {
  const line = { color: palette.ink, width: 0.9, dash: "dot" };
  return { type: "line", layer: "below", xref: "paper", x0: 0, x1: 1, y0: y, y1: y, line };
}

function scaleOf(unit: PeriodsFigureInput["unit"]): number {
  return unit === "percent" ? 100 : 1;
}
