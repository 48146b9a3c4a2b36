import type { Rng } from "../../../math/rng.ts";
import type { EpochMs } from "../../../time/units.ts";
import type { GnnModel } from "../gnn-model.ts";
import type { GnnNodes } from "../gnn-nodes.ts";
import { edgesAmong, type RunEdges } from "./run-edges.ts";

// n nodes of a run, F features, T timeframes, A anchors

/** What training needs to know of a model beside its weights. */
export type Trainee = Pick<GnnModel, "shape" | "design" | "warmUp">;

/** The nodes of one series; those from `validationFrom` on are never trained on. */
export interface TrainingSeries {
  readonly nodes: GnnNodes;
  readonly validationFrom: number;
  /** Labels of nodes that are trained on were known by then. */
  readonly boundary: EpochMs;
}

/** A stretch of one series. */
export interface Piece {
  readonly series: number;
  readonly from: number;
  readonly to: number;
  /** Whether it belongs to the part that is trained on. */
  readonly trains: boolean;
}

/** Windows that end at some base rows of a run, as counts of nodes that were known by then. */
export interface RunAnchors {
  readonly count: number; // A
  readonly series: Int32Array; // [A]
  /** Row of the base timeframe's table. */
  readonly row: Int32Array; // [A]
  readonly trains: Uint8Array; // [A]
  /** Nodes of one timeframe and one piece in their order, and the anchors that look back on them. */
  readonly strands: readonly Strand[];
}

export interface Strand {
  readonly timeframe: number;
  readonly nodes: Int32Array;
  readonly anchors: Int32Array;
  /** How many of `nodes` each of `anchors` knows; ascending, at least 1. */
  readonly counts: Int32Array;
}

/** Stretches of history graphs as one graph, with the edges inside each. */
export interface Run {
  readonly nodes: number; // n
  readonly pieces: readonly Piece[];
  readonly inputs: Float32Array; // [n, F] scaled
  readonly timeframe: Uint8Array; // [n]
  readonly edges: RunEdges;
}

/** The nodes of some pieces, one after the other. */
export function runOf(series: readonly TrainingSeries[], pieces: readonly Piece[], { design }: Trainee): Run {
  const parts = pieces.map(({ series: s, from, to }): Run => {
    const { nodes } = series[s]!;
    const F = nodes.inputs.length / nodes.timeframe.length;
    return {
      nodes: to - from,
      pieces: [],
      inputs: nodes.inputs.slice(from * F, to * F),
      timeframe: nodes.timeframe.slice(from, to),
      edges: edgesAmong(nodes, from, to, design.timeframes),
    };
  });
  const nodes = parts.reduce((sum, part) => sum + part.nodes, 0);
  if (parts.length === 1) return { ...parts[0]!, pieces };
  return {
    ...{ nodes, pieces },
    inputs: joined(parts, ({ inputs }) => inputs, Float32Array),
    timeframe: joined(parts, ({ timeframe }) => timeframe, Uint8Array),
    edges: joinedEdges(parts),
  };
}

function joinedEdges(parts: readonly Run[]): RunEdges {
  let [node, edge] = [0, 0];
  const moved = parts.map(({ nodes, edges }) => {
    const [atNode, atEdge] = [node, edge];
    node += nodes;
    edge += edges.senders.length;
    return {
      offsets: edges.offsets.map((offset) => offset + atEdge).subarray(1),
      senders: edges.senders.map((sender) => sender + atNode),
    };
  });
  const offsets = new Int32Array(node + 1);
  offsets.set(
    joined(moved, (one) => one.offsets, Int32Array),
    1,
  );
  return {
    offsets,
    senders: joined(moved, ({ senders }) => senders, Int32Array),
    shares: joined(parts, ({ edges }) => edges.shares, Float32Array),
    weights: joined(parts, ({ edges }) => edges.weights, Float32Array),
    times: joined(parts, ({ edges }) => edges.times, Float32Array),
    kinds: joined(parts, ({ edges }) => edges.kinds, Uint8Array),
  };
}

type Column = Float32Array | Int32Array | Uint8Array;

function joined<P, C extends Column>(
  parts: readonly P[],
  of: (part: P) => C,
  make: new (length: number) => C,
): C {
  const columns = parts.map(of);
  const out = new make(columns.reduce((sum, column) => sum + column.length, 0));
  let at = 0;
  for (const column of columns) {
    out.set(column, at);
    at += column.length;
  }
  return out;
}

/** The first part of a piece has no windows: what its nodes hear is cut off where it begins. */
const LEAD = 0.25;

/** Base rows of a run that may be anchors, drawn without putting back where there are more than `most`; ascending. */
export function drawAnchors(
  series: readonly TrainingSeries[],
  run: Run,
  trainee: Trainee,
  most: number,
  rng: Rng,
  isWanted: (series: number, row: number, trains: boolean) => boolean = () => true,
): RunAnchors {
  const found: { piece: number; row: number }[] = [];
  run.pieces.forEach((piece, p) => {
    const { nodes } = series[piece.series]!;
    for (const row of anchorRows(nodes, piece, trainee))
      if (isWanted(piece.series, row, piece.trains)) found.push({ piece: p, row });
  });
  for (let i = 0; i < Math.min(most, found.length - 1); i++) {
    const other = i + rng.int(found.length - i);
    [found[i], found[other]] = [found[other]!, found[i]!];
  }
  const chosen = found.slice(0, most).sort((a, b) => a.piece - b.piece || a.row - b.row);
  return {
    count: chosen.length,
    series: Int32Array.from(chosen, ({ piece }) => run.pieces[piece]!.series),
    row: Int32Array.from(chosen, ({ row }) => row),
    trains: Uint8Array.from(chosen, ({ piece }) => (run.pieces[piece]!.trains ? 1 : 0)),
    strands: strandsOf(series, run, chosen, trainee.shape.timeframes),
  };
}

/** Past the lead, past warm-up, with a node of every timeframe, and the last of its instant. */
function anchorRows(nodes: GnnNodes, { from, to }: Piece, { shape, warmUp }: Trainee): number[] {
  const first = from + Math.floor(LEAD * (to - from));
  const rows: number[] = [];
  const base = nodes.nodeOf[0]!;
  const begins = Array.from({ length: shape.timeframes }, (_, t) =>
    lowerBound(nodes.nodeOf[t]!, nodes.rows[t]!, from),
  );
  let end = first;
  for (let row = lowerBound(base, nodes.rows[0]!, first); row < nodes.rows[0]! && base[row]! < to; row++) {
    const node = base[row]!;
    end = Math.max(end, node);
    while (end < to && nodes.knownAt[end]! <= nodes.knownAt[node]!) end++;
    const isLast = row + 1 >= nodes.rows[0]! || nodes.knownAt[base[row + 1]!]! > nodes.knownAt[node]!;
    const hears = (t: number): boolean => {
      const at = Math.max(begins[t]!, warmUp.first);
      return at < nodes.rows[t]! && nodes.nodeOf[t]![at]! < end;
    };
    if (isLast && begins.every((_, t) => hears(t))) rows.push(row);
  }
  return rows;
}

function strandsOf(
  series: readonly TrainingSeries[],
  { pieces }: Run,
  chosen: readonly { readonly piece: number; readonly row: number }[],
  timeframes: number,
): Strand[] {
  let at = 0;
  return pieces.flatMap((piece, p) => {
    const { nodes } = series[piece.series]!;
    const shift = at - piece.from;
    at += piece.to - piece.from;
    const own = chosen.flatMap(({ piece: of }, a) => (of === p ? [a] : []));
    const instants = own.map((a) => nodes.knownAt[nodes.nodeOf[0]![chosen[a]!.row]!]!);
    return Array.from({ length: timeframes }, (_, timeframe): Strand => {
      const of = nodes.nodeOf[timeframe]!;
      const [begin, end] = [piece.from, piece.to].map((node) => lowerBound(of, nodes.rows[timeframe]!, node)) as [number, number]; // prettier-ignore
      let known = begin;
      const counts = instants.map((instant) => {
        while (known < end && nodes.knownAt[of[known]!]! <= instant) known++;
        return known - begin;
      });
      return {
        timeframe,
        nodes: of.slice(begin, end).map((node) => node + shift),
        anchors: Int32Array.from(own),
        counts: Int32Array.from(counts),
      };
    });
  });
}

/** Where in the first `length` of ascending `values` the first is that is at least `least`. */
function lowerBound(values: Int32Array, length: number, least: number): number {
  let [low, high] = [0, length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle]! < least) low = middle + 1;
    else high = middle;
  }
  return low;
}
