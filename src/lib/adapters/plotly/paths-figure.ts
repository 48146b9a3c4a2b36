import type { AnswerNeighbour } from "../../recall/answer.ts";
import type { Path } from "../../recall/paths.ts";
import { moment, needsClock, signedPercent } from "../text/words.ts";
import {
  anchorCross,
  axisTitle,
  baseLayout,
  CHANGE_AXIS,
  inPercent,
  LIGHT,
  plotlyText,
  type Figure,
  type Palette,
  type TimeUnit,
} from "./figure.ts";

export interface PathsFigureInput {
  readonly neighbours: readonly AnswerNeighbour[];
  /** Way to and from each neighbour's anchor, by id; a neighbour without one is left out. */
  readonly paths: Readonly<Record<string, Path>>;
  /** The question's own way to its anchor, and on from it where that is known. */
  readonly before: Path;
  readonly after: Path | null;
  readonly zone: string;
  readonly unit: TimeUnit;
  readonly palette?: Palette;
}

/**
 * The moment asked about among those that rhyme with it, on one scale: change in percent since each anchor.
 * Remembered moments are thin, the nearer the stronger; the question's own path is dark, what really came after it
 * in its own colour. Traces of neighbours carry their id as `meta`.
 */
export function pathsFigure(input: PathsFigureInput): Figure {
  const { neighbours, paths, palette = LIGHT } = input;
  const shown = neighbours.filter((n) => paths[n.id]);
  const strongest = Math.max(...shown.map((n) => n.weight), 0);
  // The nearest last, so that it lies on top of the others.
  const lines = shown
    .toReversed()
    .map((n) => neighbourTrace(n, paths[n.id]!, n.weight / strongest, input, palette));
  const own = {
    type: "scatter",
    mode: "lines",
    hovertemplate: `%{y:+.1f}%, %{x:.2~f} ${input.unit.name}<extra></extra>`,
  };
  const before = {
    ...own,
    ...columns(input.before, input.unit),
    name: "the moment asked about",
    line: { color: palette.ink, width: 3 },
  };
  const after = input.after && {
    ...own,
    ...columns(input.after, input.unit),
    name: "what really happened",
    line: { color: palette.happened, width: 3 },
  };
  const data = [...lines, before, ...(after ? [after] : [])];
  return { data, layout: layoutOf(input, shown, palette) };
}

function columns(
  path: Path,
  unit: TimeUnit,
): { readonly x: readonly number[]; readonly y: readonly number[] } {
  return { x: path.offsetBars.map((bars) => bars * unit.perBar), y: path.logReturn.map(inPercent) };
}

function neighbourTrace(
  n: AnswerNeighbour,
  path: Path,
  strength: number,
  input: PathsFigureInput,
  palette: Palette,
): Readonly<Record<string, unknown>> {
  const when = moment(n.anchor, input.zone, needsClock(n.timeframe), true);
  const came = n.context.roc === null ? "" : `, then ${signedPercent(n.context.roc)}`;
  return {
    type: "scatter",
    mode: "lines",
    name: when,
    meta: n.id,
    ...columns(path, input.unit),
    line: { color: palette.past, width: 1 + strength },
    opacity: 0.3 + 0.45 * strength,
    hovertemplate: `<b>${plotlyText(n.symbol)}, ${when}</b>${came}<br>%{y:+.1f}%, %{x:.2~f} ${input.unit.name}<extra></extra>`,
  };
}

function layoutOf(
  input: PathsFigureInput,
  shown: readonly AnswerNeighbour[],
  palette: Palette,
): Record<string, unknown> {
  const base = baseLayout(palette) as { readonly xaxis: object; readonly yaxis: object };
  const all = [...shown.map((n) => input.paths[n.id]!), input.before, ...(input.after ? [input.after] : [])];
  const values = all.flatMap((path) => path.logReturn.map(inPercent));
  const offsets = all.flatMap((path) => columns(path, input.unit).x);
  const clocks = shown.some((n) => needsClock(n.timeframe));
  const [low, high] = [Math.min(0, ...values), Math.max(0, ...values)];
  const height = high - low || 1;
  const { shapes, annotation } = anchorCross(palette);
  return {
    ...base,
    height: 520,
    margin: { l: 48, r: clocks ? 128 : 92, t: 28, b: 44 },
    xaxis: {
      ...base.xaxis,
      range: [Math.min(0, ...offsets), Math.max(input.unit.perBar, ...offsets)],
      title: axisTitle(`${input.unit.name} before and after`, palette),
    },
    yaxis: {
      ...base.yaxis,
      ticksuffix: "%",
      range: [low - height * 0.05, high + height * 0.05],
      title: axisTitle(CHANGE_AXIS, palette),
    },
    shapes,
    annotations: [annotation, ...endLabels(input, shown, height * 0.042, palette)],
    hovermode: "closest",
  };
}

/** When each neighbour was, where its line ends, moved apart; left out where the page is narrow. */
function endLabels(
  input: PathsFigureInput,
  shown: readonly AnswerNeighbour[],
  gap: number,
  palette: Palette,
): object[] {
  const paths = shown.map((n) => input.paths[n.id]!);
  const places = spread(
    paths.map((path) => inPercent(path.logReturn.at(-1) ?? 0)),
    gap,
  );
  return shown.map((n, i) => ({
    name: "wide",
    x: (paths[i]!.offsetBars.at(-1) ?? 0) * input.unit.perBar,
    y: places[i],
    xanchor: "left",
    xshift: 6,
    text: moment(n.anchor, input.zone, needsClock(n.timeframe), true),
    showarrow: false,
    font: { size: 11, color: palette.past },
  }));
}

/** Moves labels apart until neighbours are `gap` away from each other, keeping their order and their middle. */
export function spread(places: readonly number[], gap: number): number[] {
  const order = [...places.keys()].sort((a, b) => places[a]! - places[b]!);
  const moved = [...places];
  for (let round = 0; round < 50; round++) {
    let crowded = false;
    for (let i = 1; i < order.length; i++) {
      const [lower, upper] = [order[i - 1]!, order[i]!];
      const missing = gap - (moved[upper]! - moved[lower]!);
      if (missing <= gap * 1e-3) continue;
      moved[lower]! -= missing / 2;
      moved[upper]! += missing / 2;
      crowded = true;
    }
    if (!crowded) break;
  }
  return moved;
}
