import type { Rng } from "../../../math/rng.ts";
import type { Augmentation } from "../../objective-options.ts";
import { keepEdges } from "./run-edges.ts";
import type { Run, RunAnchors } from "./run.ts";

/** One view of a run: the same windows, of a history that was seen less well. */
export interface View {
  readonly run: Run;
  readonly anchors: RunAnchors;
}

/**
 * Draws a view. Whatever is done takes away or blurs what a window already had: noise on features, features hidden
 * throughout (0, their mean), edges left out, a history that begins later. Nothing comes from any later node.
 */
export function augmented(
  run: Run,
  anchors: RunAnchors,
  timeframes: number,
  options: Augmentation,
  rng: Rng,
): View {
  const { noise = 0.1, featureDropout = 0.1, neighbourDropout = 0.1, prefixCut = true } = options;
  const begins = run.pieces.map((_, p) => (prefixCut ? drawBegin(run, anchors, timeframes, p, rng) : 0));
  const first = new Int32Array(run.nodes); // where the history of each node begins
  let at = 0;
  run.pieces.forEach(({ from, to }, p) => {
    first.fill(begins[p]!, at, at + to - from);
    at += to - from;
  });
  const inputs = blurred(run, { noise, featureDropout }, rng);
  const { senders } = run.edges;
  const edges = keepEdges(
    run.edges,
    (e, receiver) => senders[e]! >= first[receiver]! && rng.next() >= neighbourDropout,
  );
  return { run: { ...run, inputs, edges }, anchors: cutStrands(anchors, timeframes, begins) };
}

/** Values that are undefined (0) stay so. */
function blurred(
  { inputs, nodes }: Run,
  { noise, featureDropout }: { readonly noise: number; readonly featureDropout: number },
  rng: Rng,
): Float32Array {
  const F = inputs.length / nodes;
  const kept = Float32Array.from({ length: F }, () => (rng.next() >= featureDropout ? 1 : 0));
  return inputs.map((x, i) => (x === 0 ? 0 : kept[i % F]! * (x + noise * rng.normal())));
}

/** A node of a piece, at which its history begins: at the latest where every window still has a node of each timeframe. */
function drawBegin(
  { pieces }: Run,
  { strands }: RunAnchors,
  timeframes: number,
  piece: number,
  rng: Rng,
): number {
  const start = pieces.slice(0, piece).reduce((sum, { from, to }) => sum + to - from, 0);
  const own = strands.slice(piece * timeframes, (piece + 1) * timeframes);
  const latest = own.map(({ nodes, counts }) => (counts.length > 0 ? nodes[counts[0]! - 1]! : start));
  return start + rng.int(Math.min(...latest) - start + 1);
}

function cutStrands(anchors: RunAnchors, timeframes: number, begins: readonly number[]): RunAnchors {
  const strands = anchors.strands.map((strand, i) => {
    const begin = begins[Math.floor(i / timeframes)]!;
    const cut = strand.nodes.findIndex((node) => node >= begin);
    if (cut <= 0) return strand;
    return {
      ...strand,
      nodes: strand.nodes.subarray(cut),
      counts: strand.counts.map((count) => count - cut),
    };
  });
  return { ...anchors, strands };
}
