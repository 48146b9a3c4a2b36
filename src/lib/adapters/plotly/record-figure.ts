import { axisTitle, baseLayout, CHANGE_AXIS, inPercent, LIGHT, type Figure, type Palette } from "./figure.ts";

export interface RecordFigureInput {
  /** Past answers, oldest first: 80 % band and outcome as log returns. */
  readonly points: readonly {
    readonly anchor: string;
    readonly low: number;
    readonly high: number;
    readonly happened: number;
  }[];
  readonly palette?: Palette;
}

// From here on full-sized dots would hide the band.
const CROWD = 800;

/** Every past answer's 80 % band and what came: outcomes inside it are quiet, those outside stand out. */
export function recordFigure({ points, palette = LIGHT }: RecordFigureInput): Figure {
  const x = points.map((point) => point.anchor);
  const inside = (p: (typeof points)[number]): boolean => p.happened >= p.low && p.happened <= p.high;
  const crowded = points.length > CROWD;
  const edge = { type: "scatter", mode: "lines", line: { width: 0 }, hoverinfo: "skip", x };
  const dots = (name: string, chosen: typeof points, color: string, strength: number): object => ({
    type: "scatter",
    mode: "markers",
    name,
    x: chosen.map((point) => point.anchor),
    y: chosen.map((point) => inPercent(point.happened)),
    marker: crowded
      ? { color, size: 2 + strength, opacity: 0.4 + 0.1 * strength, line: { width: 0 } }
      : { color, size: 4 + strength },
    hovertemplate: "%{x|%-d %b %Y}: %{y:+.1f}%<extra></extra>",
  });
  const base = baseLayout(palette) as { readonly yaxis: object };
  return {
    data: [
      { ...edge, name: "low", y: points.map((point) => inPercent(point.low)) },
      {
        ...edge,
        name: "80 %",
        y: points.map((point) => inPercent(point.high)),
        fill: "tonexty",
        fillcolor: palette.band80,
      },
      dots("inside", points.filter(inside), palette.past, 0),
      dots(
        "outside",
        points.filter((point) => !inside(point)),
        palette.happened,
        1,
      ),
    ] as Figure["data"],
    layout: {
      ...base,
      height: 280,
      yaxis: { ...base.yaxis, ticksuffix: "%", title: axisTitle(CHANGE_AXIS, palette) },
      hovermode: "closest",
    },
  };
}
