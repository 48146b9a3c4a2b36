import { readFileSync } from "node:fs";
import wabt from "wabt";
import { describe, expect, it } from "vitest";
import { createRng } from "../../../math/rng.ts";
import { expectAllClose } from "../../../testing/matchers.ts";
import { MESSAGE_PASSING_WASM } from "./message-passing-wasm.ts";
import { MessageMemory } from "./message-passing.ts";

const rng = createRng(4);
const random = (length: number): Float32Array => Float32Array.from({ length }, () => rng.normal());

describe("message passing in WebAssembly", () => {
  it("runs the code that message-passing.wat says", async () => {
    const text = readFileSync(new URL("./message-passing.wat", import.meta.url), "utf8");
    const module = (await wabt()).parseWat("message-passing.wat", text, { simd: true });
    module.resolveNames();
    module.validate();
    expect(Buffer.from(module.toBinary({}).buffer).toString("base64")).toBe(MESSAGE_PASSING_WASM);
  });

  it.each([1, 3, 4, 9])(
    "multiplies %i rows as plain loops do, with a bias for each row and a floor",
    (rows) => {
      const [K, J, kinds] = [32, 16, 3];
      const [weights, bias, x] = [random(K * J), random(kinds * J), random(rows * K)];
      const memory = new MessageMemory();
      const dense = memory.keepDense(weights, bias, K, J);
      const places = [memory.room(12 * K), memory.room(12 * J), memory.room(12)] as const;
      memory.floats(places[0], rows * K).set(x);
      const biasOf = Int32Array.from({ length: 12 }, (_, r) => (r % kinds) * J);
      memory.ints(places[2], 12).set(biasOf.map((at) => at * 4));
      memory.dense(dense, places[0], K, places[2], places[1], J, rows, 0);
      const expected = Float32Array.from({ length: rows * J }, (_, i) => {
        const [r, j] = [Math.floor(i / J), i % J];
        let sum = bias[biasOf[r]! + j]!;
        for (let k = 0; k < K; k++) sum += x[r * K + k]! * weights[k * J + j]!;
        return Math.max(0, sum);
      });
      expectAllClose(memory.floats(places[1], rows * J), expected, { rtol: 1e-5, atol: 1e-5 });
    },
  );

  it("gathers sums and largest values, zeros where nobody sends", () => {
    const [width, stride] = [32, 48];
    const memory = new MessageMemory();
    const source = random(5 * width);
    const at = memory.keepFloats(source);
    const offsets = memory.keepInts(Int32Array.of(0, 0, 2, 3));
    const shares = random(3);
    const senders = [4, 1, 3];
    const edges = {
      ...{ begin: offsets, end: offsets + 4, senders: memory.keepInts(Int32Array.from(senders)) },
      shares: memory.keepFloats(shares),
    };
    const x = memory.room(3 * stride);
    const value = (e: number, k: number): number => source[senders[e]! * width + k]!;
    const row = (r: number): number[] => [...memory.floats(x + r * stride * 4, width)];
    const columns = Array.from({ length: width }, (_, k) => k);
    memory.gather(false, at, width, edges, 0, 3, x, stride);
    expect(row(0)).toEqual(columns.map(() => 0));
    expectAllClose(
      row(1),
      columns.map((k) => shares[0]! * value(0, k) + shares[1]! * value(1, k)),
      { rtol: 1e-5, atol: 1e-6 },
    );
    memory.gather(true, at, width, edges, 0, 3, x, stride);
    expect(row(0)).toEqual(columns.map(() => 0));
    expect(row(1)).toEqual(columns.map((k) => Math.max(value(0, k), value(1, k))));
    expect(row(2)).toEqual(columns.map((k) => value(2, k)));
  });

  it("refuses what no 32-bit memory holds, and goes on after that", () => {
    const memory = new MessageMemory();
    expect(() => memory.room(2 ** 31)).toThrow(RangeError);
    expect(memory.floats(memory.room(10), 10)).toHaveLength(10);
  });
});
