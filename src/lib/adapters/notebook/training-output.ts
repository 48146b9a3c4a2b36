import type { FitProgress } from "../../encoder/family.ts";
import { axisTitle, baseLayout, LIGHT, type Figure } from "../plotly/figure.ts";
import { figureBundle } from "./figure-output.ts";
import type { DisplayHost, MimeBundle } from "./host.ts";

/** Losses over the steps of a fitting. */
export function trainingFigure(history: readonly FitProgress[]): Figure {
  const base = baseLayout(LIGHT) as { readonly xaxis: object; readonly yaxis: object };
  const x = history.map(({ step }) => step);
  const line = (name: string, y: readonly number[], color: string): Readonly<Record<string, unknown>> => ({
    type: "scatter",
    mode: "lines",
    name,
    x,
    y: y.map((value) => (Number.isFinite(value) ? value : null)),
    line: { color, width: 1.5 },
    connectgaps: true,
  });
  return {
    data: [
      line(
        "training",
        history.map(({ trainLoss }) => trainLoss),
        LIGHT.soft,
      ),
      line(
        "validation",
        history.map(({ validationLoss }) => validationLoss),
        LIGHT.past,
      ),
    ],
    layout: {
      ...base,
      height: 320,
      margin: { l: 56, r: 16, t: 28, b: 44 },
      showlegend: true,
      legend: { orientation: "h", x: 0, y: 1.02, yanchor: "bottom" },
      xaxis: { ...base.xaxis, title: axisTitle("step", LIGHT) },
      yaxis: { ...base.yaxis, title: axisTitle("mean squared error of masked features", LIGHT) },
    },
  };
}

export function trainingBundle(history: readonly FitProgress[], host: DisplayHost): MimeBundle {
  const { step, trainLoss, validationLoss } = history.at(-1)!;
  const said = `${step} steps; last training loss ${trainLoss.toPrecision(4)}, validation ${validationLoss.toPrecision(4)}`;
  return { ...figureBundle(trainingFigure(history), host), "text/plain": said };
}
