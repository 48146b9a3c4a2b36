import { quantileSorted } from "../math/quantiles.ts";
import type { DurationMs } from "../time/units.ts";
import type { Timeframe } from "../time/timeframe.ts";
import { EDGE_KINDS, type EdgeKind, type Graph } from "./graph.ts";

/** Edges of one kind between two timeframes. */
export interface EdgeSummary {
  readonly kind: EdgeKind;
  readonly from: Timeframe;
  readonly to: Timeframe;
  readonly edges: number;
  /** Edges of this sort per node of `to`: mean, and the most that any has. */
  readonly degree: number;
  readonly most: number;
  /** How long before its receiver a sender was known: median and longest. */
  readonly medianAge: DurationMs;
  readonly longestAge: DurationMs;
}

/** What a graph connects, by kind and timeframes; sorts of edges that it has none of are left out. */
export function edgeSummary(graph: Graph): readonly EdgeSummary[] {
  const { timeframes, senders, receivers, edgeType, nodeTimeframe, knownAt } = graph;
  const T = timeframes.length;
  const groups = new Map<number, number[]>(); // edges by kind, from, to
  for (let e = 0; e < senders.length; e++) {
    const sort = (edgeType[e]! * T + nodeTimeframe[senders[e]!]!) * T + nodeTimeframe[receivers[e]!]!;
    const group = groups.get(sort);
    if (group) group.push(e);
    else groups.set(sort, [e]);
  }
  const nodes = new Int32Array(T);
  for (const t of nodeTimeframe) nodes[t]!++;
  return [...groups.keys()]
    .sort((a, b) => a - b)
    .map((sort) => {
      const edges = groups.get(sort)!;
      const ages = Float64Array.from(edges, (e) => knownAt[receivers[e]!]! - knownAt[senders[e]!]!).sort();
      const to = sort % T;
      return {
        kind: EDGE_KINDS[Math.floor(sort / (T * T))]!,
        from: timeframes[Math.floor(sort / T) % T]!,
        to: timeframes[to]!,
        edges: edges.length,
        degree: edges.length / nodes[to]!,
        most: mostPerReceiver(edges, receivers),
        medianAge: quantileSorted(ages, 0.5),
        longestAge: ages[ages.length - 1]!,
      };
    });
}

function mostPerReceiver(edges: readonly number[], receivers: Int32Array): number {
  const degree = new Map<number, number>();
  for (const e of edges) degree.set(receivers[e]!, (degree.get(receivers[e]!) ?? 0) + 1);
  return Math.max(...degree.values());
}
