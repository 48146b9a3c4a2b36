import { randomUUID } from "node:crypto";
import type { CandlesByTimeframe, CandleSeries } from "../../candles/candle-series.ts";
import { RhymeError } from "../../errors.ts";
import type { Graph } from "../../graph/graph.ts";
import type { Answer } from "../../recall/answer.ts";
import { html } from "../html/html.ts";
import { answerBundle } from "./answer-output.ts";
import type { Figure } from "../plotly/figure.ts";
import { bundleOf, tableBundle } from "./bundle.ts";
import { candlePlot, type CandlePlotOptions } from "./candle-output.ts";
import { figureBundle } from "./figure-output.ts";
import { DISPLAY, notebookHost, type DisplayHost, type MimeBundle } from "./host.ts";
import { graphBundle } from "./graph-output.ts";
import { isAnswer, isCandleSeries, isGraph } from "./recognise.ts";
import { rowsTable } from "./rows-table.ts";
import { styled } from "./output-style.ts";
import type { TableOptions } from "./table-output.ts";

/** Something that a notebook can show: as the last value of a cell, or handed to `show`. */
export interface Displayable {
  [DISPLAY](host: DisplayHost): MimeBundle;
}

/**
 * Shows values right here, before the cell ends; each as it would be shown as the last value of a cell. In a script
 * their text is printed.
 */
export async function show(...values: readonly unknown[]): Promise<void> {
  const host = notebookHost();
  for (const value of values) {
    if (host) host.publish(await host.bundleOf(value));
    else process.stdout.write(`${String(textOf(value))}\n`);
  }
}

const NOWHERE: DisplayHost = { once: () => false };

function textOf(value: unknown): unknown {
  const own = (value as Partial<Displayable> | null | undefined)?.[DISPLAY];
  const bundle =
    typeof own === "function" ? own.call(value as Displayable, NOWHERE) : bundleOf(value, NOWHERE);
  return bundle?.["text/plain"] ?? value;
}

export interface PlotOptions extends CandlePlotOptions {
  /** What a graph's nodes, or an answer and its neighbours, are moments of: hover boxes and paths need prices. */
  readonly candles?: CandlesByTimeframe | CandleSeries;
}

/**
 * A chart: of candles (drag to move, wheel to zoom, a hundred thousand of them are fine), of a Plotly figure; with
 * `candles` also of a graph, with prices in its hover boxes, and of an answer, with its fan and the moments that rhyme.
 * @example plot(series, { last: 500 })
 * @example plot({ data: [{ type: "histogram", x: returns }], layout: {} })
 * @example plot(answer, { candles: series })
 */
export function plot(what: CandleSeries | Figure | Graph | Answer, options: PlotOptions = {}): Displayable {
  return { [DISPLAY]: (host) => plotted(what, host, options) };
}

function plotted(
  what: CandleSeries | Figure | Graph | Answer,
  host: DisplayHost,
  options: PlotOptions,
): MimeBundle {
  const { candles } = options;
  if (isGraph(what)) {
    const own = isCandleSeries(candles) ? { [candles.timeframe]: candles } : candles;
    return graphBundle(what, host, own);
  }
  if (isAnswer(what)) return answerBundle(what, host, seriesFor(what, candles));
  if (isCandleSeries(what)) {
    const text = `Candles of ${what.symbol} ${what.timeframe}, ${what.openTime.length.toLocaleString("en-GB")} bars`;
    return { "text/html": styled(candlePlot(what, host, options)), "text/plain": text };
  }
  const height = options.height === undefined ? {} : { height: options.height };
  return figureBundle({ data: what.data, layout: { ...what.layout, ...height } }, host);
}

/** The candles of an answer's own series. @throws RhymeError "usage" where they are another's */
function seriesFor({ question }: Answer, candles: PlotOptions["candles"]): CandleSeries | null {
  if (candles === undefined) return null;
  const own = isCandleSeries(candles) ? candles : candles[question.timeframe];
  if (own?.symbol === question.symbol && own.timeframe === question.timeframe) return own;
  throw new RhymeError("usage", {
    place: "plot, candles",
    expected: `those of ${question.symbol} ${question.timeframe}, which the answer is about`,
    received: own ? `${own.symbol} ${own.timeframe}` : "none of that timeframe",
    remedy: "Hand in the series that was asked about.",
  });
}

/** A table of like objects, with a caption and as many rows as asked for. */
export function table(rows: readonly object[], options: TableOptions = {}): Displayable {
  return { [DISPLAY]: () => tableBundle(rowsTable(rows), options) };
}

/** Text of one's own, as Markdown. */
export function markdown(text: string): Displayable {
  return { [DISPLAY]: () => ({ "text/markdown": text, "text/plain": text }) };
}

export interface ProgressBar {
  /** `done` of the total are done; an optional word says at what it is. */
  update(done: number, what?: string): void;
  /** Fills the bar and says how long it took. */
  end(what?: string): void;
}

const OFTEN = 80; // ms between two looks of the bar

/**
 * A bar that moves in place. In a script it says nothing. A total of 0 is one that is not known: the bar fills at the end.
 * @example
 * const bar = progress("training", 400);
 * await family.fit(tables, { ...options, signal: interruptSignal(), onProgress: ({ step }) => bar.update(step) });
 * bar.end();
 */
export function progress(label: string, total: number): ProgressBar {
  const host = notebookHost();
  const displayId = randomUUID();
  const start = performance.now();
  let [shown, update] = [-Infinity, false];
  const draw = (done: number, what: string, ended = false): void => {
    const share = total > 0 ? Math.min(1, Math.max(0, done / total)) : Number(ended);
    const seconds = (performance.now() - start) / 1000;
    const left = share > 0.02 && share < 1 ? `, about ${spell((seconds / share) * (1 - share))} left` : "";
    const count = total > 0 ? ` ${done.toLocaleString("en-GB")} / ${total.toLocaleString("en-GB")}` : "";
    const text = `${label}${count}${what === "" ? "" : `, ${what}`}, ${spell(seconds)}${left}`;
    const bar = html`<span class="bar"><i style="width:${(100 * share).toFixed(1)}%"></i></span
      ><span class="soft">${text}</span>`;
    host?.publish({ "text/html": styled(bar), "text/plain": text }, { displayId, update });
    update = true;
  };
  draw(0, "");
  return {
    update: (done, what = "") => {
      const now = performance.now();
      if (now - shown < OFTEN) return;
      shown = now;
      draw(done, what);
    },
    end: (what = "") => draw(total, what, true),
  };
}

function spell(seconds: number): string {
  if (seconds < 60) return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}
