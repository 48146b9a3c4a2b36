import { MESSAGE_PASSING_WASM } from "./message-passing-wasm.ts";

const PAGE = 65_536;
const MOST_PAGES = 65_536; // 4 GiB: what a 32-bit memory can hold

/** The part of WebAssembly that is used here; its types come with browsers' alone. */
interface WasmMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}
interface Wasm {
  readonly Memory: new (limits: { initial: number; maximum: number }) => WasmMemory;
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (
    module: object,
    imports: { rhyme: { memory: WasmMemory } },
  ) => { readonly exports: Kernels };
}
declare const WebAssembly: Wasm;

/** What message-passing.wat exports; places are byte offsets. */
interface Kernels {
  readonly gather: (...args: readonly number[]) => void;
  readonly dense: (...args: readonly number[]) => void;
}

let compiled: object | null = null;

/** Rows and columns are padded to this many numbers. */
export const LANES = 16;

export const padded = (columns: number): number => Math.ceil(columns / LANES) * LANES;

/** Edges into nodes: those of node n are [begin[n], end[n]), with what each sender counts. Byte offsets. */
export interface EdgesAt {
  readonly begin: number;
  readonly end: number;
  readonly senders: number;
  readonly shares: number;
}

/** A matrix [K, J] and biases [T, J] of the dense kernel. Byte offsets. */
export interface DenseAt {
  readonly inputs: number; // K, a multiple of 16
  readonly outputs: number; // J, a multiple of 16
  readonly panels: number;
  readonly bias: number;
}

/** One WebAssembly memory with the kernels over it. Places are handed out one after the other and given back together. */
export class MessageMemory {
  readonly #memory: WasmMemory;
  readonly #kernels: Kernels;
  #used = 64;

  constructor() {
    compiled ??= new WebAssembly.Module(Uint8Array.from(atob(MESSAGE_PASSING_WASM), (c) => c.charCodeAt(0)));
    this.#memory = new WebAssembly.Memory({ initial: 16, maximum: MOST_PAGES });
    this.#kernels = new WebAssembly.Instance(compiled, { rhyme: { memory: this.#memory } }).exports;
  }

  /** Bytes handed out so far: `release` gives back all that came later. */
  get mark(): number {
    return this.#used;
  }

  release(mark: number): void {
    this.#used = mark;
  }

  /** Room for `count` numbers of four bytes; what lies there is left over. @throws RangeError beyond 4 GiB */
  room(count: number): number {
    const at = this.#used;
    this.#used = Math.ceil((at + count * 4) / 64) * 64;
    const missing = this.#used - this.#memory.buffer.byteLength;
    if (missing > 0) {
      this.#used = at;
      if (at + count * 4 > MOST_PAGES * PAGE) throw new RangeError("out of memory: more than 4 GiB");
      this.#memory.grow(Math.ceil(missing / PAGE)); // RangeError where the machine has no more
      this.#used = Math.ceil((at + count * 4) / 64) * 64;
    }
    return at;
  }

  /** Views end with the next `room`. */
  floats(at: number, count: number): Float32Array<ArrayBuffer> {
    return new Float32Array(this.#memory.buffer, at, count);
  }

  ints(at: number, count: number): Int32Array<ArrayBuffer> {
    return new Int32Array(this.#memory.buffer, at, count);
  }

  keepInts(values: Int32Array): number {
    const at = this.room(values.length);
    this.ints(at, values.length).set(values);
    return at;
  }

  keepFloats(values: ArrayLike<number>): number {
    const at = this.room(values.length);
    this.floats(at, values.length).set(values);
    return at;
  }

  /** Packs `weights` [K, J] and `bias` [T, J], both row-major and padded. */
  keepDense(weights: Float32Array, bias: Float32Array, inputs: number, outputs: number): DenseAt {
    const panels = new Float32Array(inputs * outputs);
    for (let k = 0; k < inputs; k++)
      for (let j = 0; j < outputs; j++)
        panels[((j >> 3) * inputs + k) * 8 + (j & 7)] = weights[k * outputs + j]!;
    return { inputs, outputs, panels: this.keepFloats(panels), bias: this.keepFloats(bias) };
  }

  /** x[r, 0 … width) from node start + r on: weighted sums of what its edges bring, or the largest. */
  gather(
    largest: boolean,
    source: number,
    width: number,
    { begin, end, senders, shares }: EdgesAt,
    start: number,
    rows: number,
    x: number,
    xStride: number,
  ): void {
    const flag = largest ? 1 : 0;
    this.#kernels.gather(flag, source, width, begin, end, senders, shares, start, rows, x, xStride);
  }

  /** out[r] = x[r] · W + bias, at least `floor`. Rows are rounded up to four: what is in excess must have room. */
  dense(
    { inputs, outputs, panels, bias }: DenseAt,
    x: number,
    xStride: number,
    biasAt: number,
    out: number,
    outStride: number,
    rows: number,
    floor: number,
  ): void {
    this.#kernels.dense(x, xStride, inputs, panels, outputs, bias, biasAt, out, outStride, rows, floor);
  }
}
