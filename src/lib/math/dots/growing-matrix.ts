import { DOTS_WASM } from "./dots-wasm.ts";

/** Rows handled by one call of the kernel: the scratch beside the matrix stays small. */
const CHUNK = 16_384;
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
  ) => { readonly exports: { readonly dots: Dots } };
}
declare const WebAssembly: Wasm;

type Dots = (rows: number, count: number, matrix: number, dim: number, query: number, out: number) => void;

let compiled: object | null = null;

function kernel(memory: WasmMemory): Dots {
  compiled ??= new WebAssembly.Module(Uint8Array.from(atob(DOTS_WASM), (c) => c.charCodeAt(0)));
  return new WebAssembly.Instance(compiled, { rhyme: { memory } }).exports.dots;
}

/**
 * Rows of D float32 numbers that only grow, and their dot products with a vector, made by a WebAssembly kernel over
 * the memory in which the rows lie: twice as fast as a plain loop and the same bits (memory/distance.ts `dot`).
 *
 * Scratch first (row numbers, results, the vector), then the matrix, which therefore grows in place.
 */
export class GrowingMatrix {
  readonly columns: number; // D
  readonly #memory: WasmMemory;
  readonly #dots: Dots;
  readonly #outAt = CHUNK * 4;
  readonly #queryAt = CHUNK * 12;
  readonly #matrixAt: number;
  #values: Float32Array;

  constructor(columns: number) {
    this.columns = columns;
    this.#matrixAt = Math.ceil((this.#queryAt + columns * 8) / 16) * 16;
    this.#memory = new WebAssembly.Memory({
      initial: Math.ceil(this.#matrixAt / PAGE),
      maximum: MOST_PAGES,
    });
    this.#dots = kernel(this.#memory);
    this.#values = new Float32Array(this.#memory.buffer, this.#matrixAt, 0);
  }

  /** Room for `rows` rows. @throws RangeError beyond 4 GiB */
  reserve(rows: number): void {
    if (rows * this.columns <= this.#values.length) return;
    const bytes = this.#matrixAt + rows * this.columns * 4;
    const missing = Math.ceil(bytes / PAGE) - this.#memory.buffer.byteLength / PAGE;
    if (missing > 0) this.#memory.grow(missing);
    const room = Math.floor((this.#memory.buffer.byteLength - this.#matrixAt) / (4 * this.columns));
    this.#values = new Float32Array(this.#memory.buffer, this.#matrixAt, room * this.columns);
  }

  /** `values` [D] become row `row`, for which there is room. */
  set(row: number, values: Float32Array): void {
    this.#values.set(values, row * this.columns);
  }

  /** Row `row` [D], a view that holds until the next `reserve`. */
  view(row: number): Float32Array {
    return this.#values.subarray(row * this.columns, (row + 1) * this.columns);
  }

  /** Row · query for `count` rows, into `out`. @param rows row numbers [≥ count] @param query [D] @param out [≥ count] */
  dots(rows: Int32Array, count: number, query: Float32Array, out: Float64Array): void {
    const { buffer } = this.#memory;
    new Float64Array(buffer, this.#queryAt, this.columns).set(query);
    const scratch = new Int32Array(buffer, 0, CHUNK);
    const results = new Float64Array(buffer, this.#outAt, CHUNK);
    for (let from = 0; from < count; from += CHUNK) {
      const n = Math.min(CHUNK, count - from);
      scratch.set(rows.subarray(from, from + n));
      this.#dots(0, n, this.#matrixAt, this.columns, this.#queryAt, this.#outAt);
      out.set(results.subarray(0, n), from);
    }
  }
}
