import { readFileSync } from "node:fs";
import wabt from "wabt";
import { describe, expect, it } from "vitest";
import { dot } from "../../memory/distance.ts";
import { createRng } from "../rng.ts";
import { DOTS_WASM } from "./dots-wasm.ts";
import { GrowingMatrix } from "./growing-matrix.ts";

describe("dot products in WebAssembly", () => {
  it("run the code that dots.wat says", async () => {
    const text = readFileSync(new URL("./dots.wat", import.meta.url), "utf8");
    const module = (await wabt()).parseWat("dots.wat", text, { simd: true });
    module.resolveNames();
    module.validate();
    expect(Buffer.from(module.toBinary({}).buffer).toString("base64")).toBe(DOTS_WASM);
  });

  it.each([1, 3, 4, 7, 64, 130])("give the bits of the plain loop in %i dimensions", (columns) => {
    const rng = createRng(columns);
    const rows = 20_000; // more than one call of the kernel
    const matrix = new GrowingMatrix(columns);
    const plain = new Float32Array(rows * columns);
    for (let row = 0; row < rows; row++) {
      for (let d = 0; d < columns; d++) plain[row * columns + d] = rng.normal() * 10 ** rng.int(6);
      matrix.reserve(row + 1);
      matrix.set(row, plain.subarray(row * columns, (row + 1) * columns));
    }
    const query = Float32Array.from({ length: columns }, () => rng.normal());
    const order = Int32Array.from({ length: rows }, () => rng.int(rows));
    const out = new Float64Array(rows);
    matrix.dots(order, rows, query, out);
    const asDoubles = Float64Array.from(query);
    expect([...out]).toEqual(Array.from(order, (row) => dot(plain, row * columns, asDoubles, 0, columns)));
    expect(matrix.view(rows - 1)).toEqual(plain.subarray((rows - 1) * columns));
  });

  it("refuse what no 32-bit memory holds", () => {
    expect(() => new GrowingMatrix(1_000).reserve(2_000_000)).toThrow(RangeError);
  });
});
