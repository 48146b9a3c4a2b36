import type { Estimated } from "../../evaluation/trust/trust-report.ts";
import { axisTitle, baseLayout, LIGHT, plotlyText, type Figure, type Palette } from "./figure.ts";

export interface ReliabilityFigureInput {
  /** The answer first; the others are drawn quietly behind it. */
  readonly methods: readonly {
    readonly name: string;
    readonly points: readonly { readonly level: number; readonly observed: Estimated }[];
  }[];
  readonly palette?: Palette;
}

const LEAST = 5; // points up and down

/**
 * By how much more outcomes than stated lay at or below the quantile of each level, in percentage points: on the level
 * line the levels are true. Drawn as differences, since a few points off cannot be seen along a diagonal.
 */
export function reliabilityFigure({ methods, palette = LIGHT }: ReliabilityFigureInput): Figure {
  const base = baseLayout(palette) as { readonly xaxis: object; readonly yaxis: object };
  const off = methods.flatMap(({ points }, i) =>
    points.flatMap(({ level, observed: { value, low, high } }) =>
      (i === 0 ? [value, low, high] : [value]).map((share) => Math.abs((share ?? level) - level) * 100),
    ),
  );
  const reach = Math.max(LEAST, ...off.filter(Number.isFinite)) * 1.08;
  return {
    data: methods.map((method, i) => traceOf(method, i === 0, palette)).toReversed(),
    layout: {
      ...base,
      height: 300,
      xaxis: {
        ...base.xaxis,
        range: [0, 100],
        ticksuffix: "%",
        dtick: 25,
        title: axisTitle("stated level", palette),
      },
      yaxis: {
        ...base.yaxis,
        range: [-reach, reach],
        title: axisTitle("observed − stated, points", palette),
      },
      shapes: [
        {
          type: "line",
          layer: "below",
          x0: 0,
          y0: 0,
          x1: 100,
          y1: 0,
          line: { color: palette.ink, width: 0.8 },
        },
      ],
      hovermode: "closest",
    },
  };
}

function traceOf(
  { name, points }: ReliabilityFigureInput["methods"][number],
  own: boolean,
  palette: Palette,
): Record<string, unknown> {
  const points100 = (share: number): number => Math.round(share * 1e4) / 100 + 0;
  const beyond = (observed: Estimated, end: number | null): number =>
    end === null ? 0 : Math.abs(points100(end - observed.value));
  return {
    type: "scatter",
    mode: own ? "lines+markers" : "lines",
    name: plotlyText(name),
    x: points.map((p) => points100(p.level)),
    y: points.map((p) => points100(p.observed.value - p.level)),
    text: points.map((p) => points100(p.observed.value)),
    line: own ? { color: palette.past, width: 2 } : { color: palette.soft, width: 1, dash: "dot" },
    ...(own ? { marker: { color: palette.past, size: 7 } } : {}),
    error_y: {
      type: "data",
      symmetric: false,
      array: points.map((p) => beyond(p.observed, p.observed.high)),
      arrayminus: points.map((p) => beyond(p.observed, p.observed.low)),
      color: palette.past,
      thickness: 1.2,
      width: 4,
      visible: own,
    },
    hovertemplate: `${plotlyText(name)}: %{text:.1f}% at or below the %{x:.0f}% quantile<extra></extra>`,
  };
}
