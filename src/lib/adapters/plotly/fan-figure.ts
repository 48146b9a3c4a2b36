import type { Answer } from "../../recall/answer.ts";
import type { Path } from "../../recall/paths.ts";
import { signedPercent } from "../text/words.ts";
import {
  anchorCross,
  axisTitle,
  baseLayout,
  CHANGE_AXIS,
  inPercent,
  LIGHT,
  type Figure,
  type Palette,
  type TimeUnit,
} from "./figure.ts";

export interface FanFigureInput {
  /** Quantiles of the log return at the end of the horizon. */
  readonly quantiles: NonNullable<Answer["distribution"]>["return"]["quantiles"];
  readonly horizonBars: number;
  readonly before: Path;
  readonly after: Path | null;
  readonly unit: TimeUnit;
  readonly palette?: Palette;
}

const STEPS = 40;

/**
 * What to expect: the bands of 50, 80 and 90 % opening from the anchor. Only their right edge is the answer; on the
 * way there they grow with the square root of time, as a random walk's would. Change in percent of the anchor's
 * close.
 */
export function fanFigure(input: FanFigureInput): Figure {
  const { quantiles: q, horizonBars, unit, palette = LIGHT } = input;
  const steps = Array.from({ length: STEPS + 1 }, (_, i) => i / STEPS);
  const x = steps.map((share) => horizonBars * unit.perBar * share);
  const edge = (quantile: number): number[] => steps.map((share) => inPercent(quantile * Math.sqrt(share)));
  const band = (name: string, low: number, high: number, fillcolor: string): Record<string, unknown> => ({
    type: "scatter",
    mode: "lines",
    name,
    x: [...x, ...x.toReversed()],
    y: [...edge(low), ...edge(high).toReversed()],
    fill: "toself",
    fillcolor,
    line: { width: 0 },
    hoverinfo: "skip",
  });
  const line = {
    type: "scatter",
    mode: "lines",
    hovertemplate: `%{y:+.1f}%, %{x:.2~f} ${unit.name}<extra></extra>`,
  };
  const path = (p: Path): object => ({
    x: p.offsetBars.map((bars) => bars * unit.perBar),
    y: p.logReturn.map(inPercent),
  });
  const median = { color: palette.past, width: 2, dash: "dot" };
  return {
    data: [
      band("90 %", q["0.05"], q["0.95"], palette.band90),
      band("80 %", q["0.1"], q["0.9"], palette.band80),
      band("50 %", q["0.25"], q["0.75"], palette.band50),
      { ...line, name: "median", x, y: edge(q["0.5"]), line: median },
      { ...line, name: "before", ...path(input.before), line: { color: palette.ink, width: 3 } },
      ...(input.after
        ? [
            {
              ...line,
              name: "what really happened",
              ...path(input.after),
              line: { color: palette.happened, width: 3 },
            },
          ]
        : []),
    ],
    layout: layoutOf(input, palette),
  };
}

function layoutOf(input: FanFigureInput, palette: Palette): Record<string, unknown> {
  const base = baseLayout(palette) as { readonly xaxis: object; readonly yaxis: object };
  const { quantiles: q, unit } = input;
  const end = input.horizonBars * unit.perBar;
  const { shapes, annotation } = anchorCross(palette);
  const label = (quantile: number, name: string): object => ({
    x: end,
    y: inPercent(quantile),
    xanchor: "left",
    xshift: 6,
    text: `<b>${signedPercent(Math.expm1(quantile))}</b> <span style="font-size:11px">${name}</span>`,
    showarrow: false,
    font: { color: palette.past },
  });
  return {
    ...base,
    height: 440,
    margin: { l: 48, r: 132, t: 28, b: 44 },
    xaxis: {
      ...base.xaxis,
      range: [Math.min(0, ...input.before.offsetBars) * unit.perBar, end],
      title: axisTitle(`${unit.name} before and after`, palette),
    },
    yaxis: { ...base.yaxis, ticksuffix: "%", title: axisTitle(CHANGE_AXIS, palette) },
    shapes,
    annotations: [
      annotation,
      label(q["0.9"], "9 in 10 below"),
      label(q["0.5"], "median"),
      label(q["0.1"], "1 in 10 below"),
    ],
    hovermode: "closest",
  };
}
