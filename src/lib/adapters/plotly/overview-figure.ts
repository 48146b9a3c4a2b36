import { quantileSorted, sortedFinite } from "../../math/quantiles.ts";
import { iso } from "../../time/units.ts";
import { baseLayout, LIGHT, plotlyText, type Figure, type Palette } from "./figure.ts";
import type { ThinColumn } from "./thin-candles.ts";

/** A stretch of time that something is said of. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
  /** How much of it is missing; the rest of holes that were joined is not. */
  readonly share: number;
  readonly says: string;
}

/** Findings of one kind, as marks on a line of their own. */
export interface FindingLane {
  readonly name: string;
  readonly error: boolean;
  readonly marks: readonly { readonly time: number; readonly says: string }[];
}

export interface OverviewFigureInput {
  readonly columns: readonly ThinColumn[];
  readonly holes: readonly Stretch[];
  readonly lanes: readonly FindingLane[];
  readonly palette?: Palette;
}

const PRICE = 300; // px
const LANE = 40;
const LOG_FROM = 6; // prices that differ by more than this factor are drawn on a logarithmic scale
const MARGINS = 56;
const FEW_HOLES = 60;
const DENSEST = 0.34; // opacity where all is missing

/** All candles as lowest to highest per column, holes shaded, and a line of marks below for each kind of finding. */
export function overviewFigure(input: OverviewFigureInput): Figure {
  const { columns, holes, lanes, palette = LIGHT } = input;
  const height = PRICE + LANE * lanes.length + MARGINS;
  const split = (LANE * lanes.length) / (height - MARGINS);
  const span = columns.length > 0 ? columns.at(-1)!.to - columns[0]!.from : 1;
  return {
    data: [
      ...(holes.length > 0 ? [holeBars(holes, span, palette)] : []),
      ranges(columns, palette),
      closes(columns, palette),
      ...lanes.map((lane, i) => laneMarks(lane, lanes.length - 1 - i, palette)),
    ],
    layout: layoutOf(input, { height, split, palette }),
  };
}

function holeBars(holes: readonly Stretch[], span: number, palette: Palette): Record<string, unknown> {
  // A single missing bar of a long history would not be seen; of many holes none may look longer than it was.
  const least = holes.length <= FEW_HOLES ? span / 500 : 0;
  const width = holes.map((hole) => Math.max(least, hole.to - hole.from));
  return {
    type: "bar",
    name: "missing",
    x: holes.map((hole) => (hole.from + hole.to) / 2),
    y: holes.map(() => 1),
    width,
    yaxis: "y2",
    marker: {
      color: palette.other,
      opacity: holes.map(({ share }) => Math.round(share * DENSEST * 1000) / 1000),
      line: { width: 0 },
    },
    text: holes.map((hole) => plotlyText(hole.says)),
    textposition: "none",
    hovertemplate: "%{text}<extra></extra>",
  };
}

function ranges(columns: readonly ThinColumn[], palette: Palette): Record<string, unknown> {
  return {
    type: "scatter",
    mode: "lines",
    name: "lowest to highest",
    x: columns.flatMap((c) => [c.from, c.from, null]),
    y: columns.flatMap((c) => [digits(c.low), digits(c.high), null]),
    line: { color: palette.past, width: 1.2 },
    hoverinfo: "skip",
  };
}

function closes(columns: readonly ThinColumn[], palette: Palette): Record<string, unknown> {
  const text = (c: ThinColumn): string =>
    `${stamp(c.from)} to ${stamp(c.to)}<br>lowest ${digits(c.low)}, highest ${digits(c.high)}`;
  return {
    type: "scatter",
    mode: "lines",
    name: "close",
    x: columns.flatMap((c) => (c.apart ? [c.from, c.from] : [c.from])),
    y: columns.flatMap((c) => (c.apart ? [null, digits(c.close)] : [digits(c.close)])),
    text: columns.flatMap((c) => (c.apart ? ["", text(c)] : [text(c)])),
    line: { color: palette.ink, width: 1 },
    hovertemplate: "%{text}<extra></extra>",
  };
}

function laneMarks(lane: FindingLane, y: number, palette: Palette): Record<string, unknown> {
  return {
    type: "scatter",
    mode: "markers",
    name: lane.name,
    x: lane.marks.map((mark) => mark.time),
    y: lane.marks.map(() => y),
    yaxis: "y3",
    text: lane.marks.map((mark) => plotlyText(mark.says)),
    marker: {
      color: lane.error ? palette.happened : palette.other,
      symbol: "line-ns",
      size: 8,
      line: { color: lane.error ? palette.happened : palette.other, width: 1.5 },
    },
    hovertemplate: "%{text}<extra></extra>",
  };
}

interface Sizes {
  readonly height: number;
  readonly split: number;
  readonly palette: Palette;
}

function layoutOf(
  { columns, lanes }: OverviewFigureInput,
  { height, split, palette }: Sizes,
): Record<string, unknown> {
  const base = baseLayout(palette) as { readonly xaxis: object; readonly yaxis: object };
  const { range, log } = priceRange(columns);
  return {
    ...base,
    height,
    margin: { l: 48, r: 16, t: 12, b: 44 },
    bargap: 0,
    dragmode: "zoom",
    xaxis: {
      ...base.xaxis,
      type: "date",
      anchor: lanes.length > 0 ? "y3" : "y",
      ...(columns.length > 0 ? { range: [columns[0]!.from, columns.at(-1)!.to] } : {}),
    },
    yaxis: { ...base.yaxis, domain: [split, 1], range, fixedrange: true, ...(log ? logTicks(range) : {}) },
    yaxis2: { overlaying: "y", domain: [split, 1], range: [0, 1], visible: false, fixedrange: true },
    yaxis3: {
      domain: [0, Math.max(0, split - 0.02)],
      range: [-0.4, lanes.length - 0.1],
      showticklabels: false,
      showgrid: false,
      zeroline: false,
      fixedrange: true,
    },
    annotations: lanes.map((lane, i) => laneName(lane.name, lanes.length - 1 - i, palette)),
    hovermode: "closest",
  };
}

function laneName(name: string, y: number, palette: Palette): object {
  return {
    xref: "paper",
    x: 0,
    xanchor: "left",
    yref: "y3",
    y: y + 0.24,
    yanchor: "bottom",
    text: plotlyText(name),
    showarrow: false,
    font: { size: 10, color: palette.soft },
  };
}

/** Room for all prices, but for single ones that are so far off that the rest would be a flat line. */
function priceRange(columns: readonly ThinColumn[]): {
  readonly range: readonly number[];
  readonly log: boolean;
} {
  if (columns.length === 0) return { range: [0, 1], log: false };
  const all = sortedFinite(columns.flatMap((c) => [c.low, c.high]));
  const [common, most] = [quantileSorted(all, 0.01), quantileSorted(all, 0.99)];
  const low = Math.max(all[0]!, common / 2);
  const high = Math.min(all.at(-1)!, most * 2);
  const log = high / low > LOG_FROM;
  const [from, to] = log ? [Math.log10(low), Math.log10(high)] : [low, high];
  const pad = (to - from) * 0.04 || Math.abs(to) * 0.01 || 1;
  return { range: [from - pad, to + pad], log };
}

/** 1, 2, 5 and their tenfolds within a logarithmic range. */
function logTicks([from, to]: readonly number[]): object {
  const tickvals: number[] = [];
  for (let power = Math.floor(from!); power <= to!; power++)
    for (const step of [1, 2, 5]) {
      const value = digits(step * 10 ** power);
      if (Math.log10(value) >= from! && Math.log10(value) <= to!) tickvals.push(value);
    }
  return { type: "log", tickvals, ticktext: tickvals.map(String) };
}

function digits(price: number): number {
  return Number(price.toPrecision(7));
}

function stamp(t: number): string {
  return iso(t).slice(0, 16).replace("T", " ");
}
