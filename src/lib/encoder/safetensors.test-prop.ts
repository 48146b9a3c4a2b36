import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RhymeError } from "../errors.ts";
import { bitEqual } from "../testing/matchers.ts";
import { readSafetensors, writeSafetensors } from "./safetensors.ts";

const tensor = fc
  .tuple(
    fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 3 }),
    fc.boolean(),
    fc.infiniteStream(fc.double()),
  )
  .map(([shape, double, numbers]) => {
    const length = shape.reduce((a, b) => a * b, 1);
    const values = Array.from({ length }, () => numbers.next().value);
    return { shape, data: double ? Float64Array.from(values) : Float32Array.from(values) };
  });
const files = fc.record({
  tensors: fc.dictionary(
    fc.string({ minLength: 1 }).filter((name) => !name.startsWith("__")),
    tensor,
    { maxKeys: 4 },
  ),
  metadata: fc.dictionary(
    fc.string().filter((name) => name !== "__proto__"),
    fc.string(),
    { maxKeys: 2 },
  ),
});

describe("safetensors", () => {
  it("reads back what it wrote, bit for bit, also from the middle of a buffer", () => {
    fc.assert(
      fc.property(files, (file) => {
        const bytes = writeSafetensors(file);
        const back = readSafetensors(Buffer.concat([Buffer.from("xyz"), bytes]).subarray(3), "f");
        expect(back.metadata).toEqual({ ...file.metadata });
        expect(Object.keys(back.tensors).sort()).toEqual(Object.keys(file.tensors).sort());
        for (const [name, { shape, data }] of Object.entries(file.tensors)) {
          expect(back.tensors[name]!.shape).toEqual(shape);
          expect(bitEqual(back.tensors[name]!.data, data)).toBe(true);
        }
      }),
      { seed: 1, numRuns: 150 },
    );
  });

  it("refuses every truncation and every length that lies, with a RhymeError", () => {
    const bytes = writeSafetensors({
      tensors: { a: { shape: [2], data: new Float32Array(2) } },
      metadata: { v: "1" },
    });
    for (let length = 0; length < bytes.length; length++)
      expect(() => readSafetensors(bytes.subarray(0, length), "f")).toThrow(RhymeError);
    expect(() => readSafetensors(new Uint8Array([...bytes, 0]), "f")).toThrow(/f: expected/);
    const huge = bytes.slice();
    huge.fill(255, 0, 8);
    expect(() => readSafetensors(huge, "f")).toThrow(/a header of at most/);
  });

  it("never throws anything but a RhymeError, whatever byte is changed", () => {
    const bytes = writeSafetensors({
      tensors: { a: { shape: [2, 1], data: new Float32Array(2) } },
      metadata: { v: "1" },
    });
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(255), (at, value) => {
        const changed = bytes.slice();
        changed[at] = value;
        try {
          readSafetensors(changed, "f");
        } catch (error) {
          expect(error).toBeInstanceOf(RhymeError);
        }
      }),
      { seed: 2, numRuns: 500 },
    );
  });

  it("refuses headers that overlap, leave holes, or name other types", () => {
    const withHeader = (header: object, data: number): Uint8Array => {
      const text = new TextEncoder().encode(JSON.stringify(header));
      const bytes = new Uint8Array(8 + text.length + data);
      new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
      bytes.set(text, 8);
      return bytes;
    };
    const f32 = (begin: number, end: number, shape = [1]): object => ({
      dtype: "F32",
      shape,
      data_offsets: [begin, end],
    });
    const refused = [
      [{ a: f32(0, 4), b: f32(0, 4) }, 4],
      [{ a: f32(4, 8) }, 8],
      [{ a: f32(0, 8) }, 8],
      [{ a: f32(0, 8, [1e9]) }, 8],
      [{ a: { dtype: "I64", shape: [1], data_offsets: [0, 8] } }, 8],
      [{ a: null }, 0],
      [[], 0],
      [{ __metadata__: { n: 1 } }, 0],
    ] as const;
    for (const [header, data] of refused)
      expect(() => readSafetensors(withHeader(header, data), "f"), JSON.stringify(header)).toThrow(
        RhymeError,
      );
    expect(readSafetensors(withHeader({ a: f32(0, 4) }, 4), "f").tensors.a!.data).toEqual(
      new Float32Array(1),
    );
  });
});
