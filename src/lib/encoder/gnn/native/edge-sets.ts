import type { GnnNodes } from "../gnn-nodes.ts";
import type { GatherPart, LayerPlan } from "./layer-plan.ts";
import type { EdgesAt, MessageMemory } from "./message-passing.ts";

/** Keeps the edges of a graph for the kernels, once for every way in which some layer gathers from them. */
export class EdgeSets {
  readonly #memory: MessageMemory;
  readonly #nodes: GnnNodes;
  readonly #senders: number;
  readonly #offsets: number;
  readonly #known = new Map<string, EdgesAt>();

  constructor(memory: MessageMemory, nodes: GnnNodes, plans: readonly LayerPlan[]) {
    this.#memory = memory;
    this.#nodes = nodes;
    this.#senders = memory.keepInts(nodes.senders);
    this.#offsets = memory.keepInts(nodes.offsets.subarray(0, nodes.count + 1));
    // Now, since views of the memory end where it grows.
    for (const { gathers } of plans) for (const part of gathers) if (part.how !== "edges") this.of(part);
  }

  of({ how, edges }: GatherPart): EdgesAt {
    const key = `${how} ${edges}`;
    const known = this.#known.get(key);
    if (known) return known;
    const { begin, end } =
      edges === "all" ? { begin: this.#offsets, end: this.#offsets + 4 } : this.#ofKind(edges);
    const shares = this.#memory.room(this.#nodes.senders.length);
    const made = { begin, end, senders: this.#senders, shares };
    this.#known.set(key, made);
    if (how !== "max") this.#writeShares(made, how === "mean");
    return made;
  }

  /** The edges of one kind are a stretch of those of their receiver. */
  #ofKind(kind: number): { readonly begin: number; readonly end: number } {
    const { count, offsets, edgeKind } = this.#nodes;
    const [begin, end] = [new Int32Array(count), new Int32Array(count)];
    for (let n = 0; n < count; n++) {
      let at = offsets[n]!;
      while (at < offsets[n + 1]! && edgeKind[at]! < kind) at++;
      begin[n] = at;
      while (at < offsets[n + 1]! && kind === edgeKind[at]) at++;
      end[n] = at;
    }
    return { begin: this.#memory.keepInts(begin), end: this.#memory.keepInts(end) };
  }

  #writeShares({ begin, end, shares }: EdgesAt, isMean: boolean): void {
    const { count, weights, senders } = this.#nodes;
    const [from, to] = [this.#memory.ints(begin, count), this.#memory.ints(end, count)];
    const out = this.#memory.floats(shares, senders.length);
    for (let n = 0; n < count; n++) {
      let total = 0;
      for (let e = from[n]!; e < to[n]!; e++) total += weights === null ? 1 : weights[e]!;
      const scale = isMean ? 1 / total : 1;
      for (let e = from[n]!; e < to[n]!; e++) out[e] = (weights === null ? 1 : weights[e]!) * scale;
    }
  }
}
