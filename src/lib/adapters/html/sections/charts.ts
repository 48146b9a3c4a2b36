import { EDGE_KINDS } from "../../../graph/graph.ts";
import { fanFigure } from "../../plotly/fan-figure.ts";
import type { Figure } from "../../plotly/figure.ts";
import { graphFigure } from "../../plotly/graph-figure.ts";
import { pathsFigure } from "../../plotly/paths-figure.ts";
import { anchorWords, horizonWords, signedPercent } from "../../text/words.ts";
import { html, type Html } from "../html.ts";
import { TOKENS, type PageView } from "../page-view.ts";
import { figureSlot, section } from "./section.ts";

/** A part of the page with the Plotly figure that belongs in its slot. */
export interface ChartSection {
  readonly section: Html;
  readonly figures: Readonly<Record<string, Figure>>;
}

/** The moment asked about among those that rhyme with it; null when no path is known. */
export function pathsSection(view: PageView): ChartSection | null {
  const { answer, question, naming, unit } = view;
  const shown = answer.neighbours.filter((n) => view.paths[n.id]);
  if (shown.length === 0) return null;
  const figure = pathsFigure({
    neighbours: answer.neighbours,
    paths: view.paths,
    before: question.before,
    after: question.after,
    zone: naming.zone,
    unit,
    palette: TOKENS,
  });
  const note = html`<p>
      Each line stands on one scale, zero at its own anchor: left of it what was found to be alike, right of
      it what followed.
    </p>
    <p>
      <span class="swatch ink"></span>the moment asked about<br /><span class="swatch past"></span>the
      ${shown.length} nearest episodes, the nearer the
      stronger${question.after ? html`<br /><span class="swatch came"></span>what really happened` : null}
    </p>
    <p>Change in percent since each anchor. Point at a line, or at a row of the table below.</p>`;
  const label = `Paths of ${shown.length} remembered moments before and after their anchors, with ${anchorWords(answer, naming)} among them.`;
  return {
    section: section(
      { id: "paths", title: "What rhymed, and what followed", note },
      figureSlot("chart-paths", label, 520),
    ),
    figures: { "chart-paths": figure },
  };
}

/** The bands that open from the anchor; null for an answer that states none. */
export function fanSection(view: PageView): ChartSection | null {
  const { answer, question, naming } = view;
  if (!answer.distribution) return null;
  const { quantiles, calibrated } = answer.distribution.return;
  const figure = fanFigure({
    quantiles,
    horizonBars: view.horizonBars,
    before: question.before,
    after: question.after,
    unit: view.unit,
    palette: TOKENS,
  });
  const ahead = horizonWords(answer.question.horizon, naming.sessions);
  const checked = calibrated
    ? "The bands are calibrated: moved until they held as often as they said on past answers."
    : "The bands are not calibrated yet: too few past answers had matured.";
  const note = html`<p>
      Bands of 50, 80 and 90 percent. Only the right edge, after ${ahead}, is the answer; on the way there the
      bands are drawn to grow with the square root of time.
    </p>
    <p>${checked}</p>`;
  const { quantiles: roc } = answer.distribution.roc;
  const label = `After ${ahead}: 80% band from ${signedPercent(roc["0.1"])} to ${signedPercent(roc["0.9"])}, median ${signedPercent(roc["0.5"])}.`;
  return {
    section: section({ id: "fan", title: "What to expect", note }, figureSlot("chart-fan", label, 440)),
    figures: { "chart-fan": figure },
  };
}

/** How the candles were joined before they became one vector; null without a graph. */
export function graphSection(view: PageView): ChartSection | null {
  const { graph, naming } = view;
  if (!graph || graph.knownAt.length === 0) return null;
  const figure = graphFigure(graph, view.candles, { palette: TOKENS, zone: naming.zone });
  const counts = EDGE_KINDS.map((_, kind) => graph.edgeType.filter((type) => type === kind).length);
  const note = html`<p>
      ${graph.knownAt.length} candles, ${graph.senders.length} edges. A candle stands where it became known,
      and every edge runs to the right: nothing can hear what comes later.
    </p>
    <p>
      <span class="swatch soft"></span>${counts[0]!} within a timeframe<br /><span class="swatch past"></span
      >${counts[1]!} down, from the last closed coarser candle<br /><span class="swatch other"></span
      >${counts[2]!} up, into a coarser candle at its close
    </p>`;
  const label = `Graph of ${graph.knownAt.length} candles in ${graph.timeframes.length} timeframes with ${graph.senders.length} edges.`;
  const height = Number(figure.layout["height"]);
  return {
    section: section(
      { id: "graph", title: "How the moment was read", note },
      figureSlot("chart-graph", label, height),
    ),
    figures: { "chart-graph": figure },
  };
}
