/** A Plotly figure as plain data: hand it to Plotly.newPlot or store it as application/vnd.plotly.v1+json. */
export interface Figure {
  readonly data: readonly Readonly<Record<string, unknown>>[];
  readonly layout: Readonly<Record<string, unknown>>;
}

/** What the way from an anchor is counted in, and how many of it a bar is: 5m bars are a twelfth of `hours`. */
export interface TimeUnit {
  readonly name: string;
  readonly perBar: number;
}

/** Colours by meaning, the same in every figure. */
export interface Palette {
  readonly ink: string;
  readonly soft: string;
  readonly grid: string;
  readonly paper: string;
  /** Remembered moments, and what they let expect. */
  readonly past: string;
  readonly band50: string;
  readonly band80: string;
  readonly band90: string;
  /** What really happened. */
  readonly happened: string;
  /** A further kind, where three are told apart. */
  readonly other: string;
}

/** Ink on warm paper. */
export const LIGHT: Palette = {
  ink: "#1f1d1a",
  soft: "#6a635b",
  grid: "#e9e0d3",
  paper: "#fdf9f2",
  past: "#0a6c74",
  band50: "rgba(10,108,116,0.30)",
  band80: "rgba(10,108,116,0.18)",
  band90: "rgba(10,108,116,0.09)",
  happened: "#b3123f",
  other: "#a06a08",
};

/** The same meanings at night. */
export const DARK: Palette = {
  ink: "#ece6dc",
  soft: "#a59d92",
  grid: "#2a2f34",
  paper: "#14171a",
  past: "#63c5c9",
  band50: "rgba(99,197,201,0.34)",
  band80: "rgba(99,197,201,0.20)",
  band90: "rgba(99,197,201,0.10)",
  happened: "#ff8298",
  other: "#dcae5f",
};

/** Text for hover boxes and labels, which Plotly reads as markup. */
export function plotlyText(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

const FAMILY = "Inter, system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif";

/** What all figures share: no frame, thin grid, the page's own type. */
export function baseLayout(palette: Palette): Record<string, unknown> {
  const axis = {
    gridcolor: palette.grid,
    zeroline: false,
    linecolor: palette.grid,
    tickfont: { color: palette.soft },
    automargin: true,
  };
  return {
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    font: {
      family: FAMILY,
      size: 12,
      color: palette.ink,
    },
    margin: { l: 48, r: 16, t: 12, b: 44 },
    showlegend: false,
    hoverlabel: {
      bgcolor: palette.paper,
      bordercolor: palette.grid,
      font: { family: FAMILY, color: palette.ink, size: 12 },
    },
    xaxis: axis,
    yaxis: axis,
    dragmode: false,
  };
}

/** Title of every axis of changes since an anchor. */
export const CHANGE_AXIS = "change, %";

/** A log return as simple change in percent, to two digits. */
export function inPercent(logReturn: number): number {
  return Math.round(Math.expm1(logReturn) * 1e4) / 100 + 0; // + 0: no negative zero
}

/** Axis title, close to its ticks. */
export function axisTitle(text: string, palette: Palette): object {
  return { text, standoff: 10, font: { size: 12, color: palette.soft } };
}

/** The anchor as a dotted upright, no change as a thin level line. */
export function anchorCross(palette: Palette): { readonly shapes: object[]; readonly annotation: object } {
  const line = { type: "line", layer: "below" };
  return {
    shapes: [
      {
        ...line,
        x0: 0,
        x1: 0,
        yref: "paper",
        y0: 0,
        y1: 1,
        line: { color: palette.soft, width: 1, dash: "dot" },
      },
      { ...line, xref: "paper", x0: 0, x1: 1, y0: 0, y1: 0, line: { color: palette.soft, width: 0.8 } },
    ],
    annotation: {
      x: 0,
      xanchor: "right", // clear of the buttons where the figure is narrow
      yref: "paper",
      y: 1,
      yanchor: "bottom",
      text: "the anchor",
      showarrow: false,
      font: { color: palette.soft },
    },
  };
}
