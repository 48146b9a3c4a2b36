import { bytes, float, message, number, text } from "./proto.ts";

/** Element types of TensorProto. */
export const ELEMENTS = { float: 1, int64: 7, double: 11 } as const;
export type Element = keyof typeof ELEMENTS;

/** A value of the graph: the name of what an operator gave. */
export type Value = string & { readonly onnx?: never };

type Attribute = number | string | { readonly float: number };

const IR_VERSION = 8;

/** An ONNX model in the making (onnx/onnx.proto): operators in the order in which they are asked for. */
export class OnnxGraph {
  readonly #nodes: Uint8Array[] = [];
  readonly #kept: Uint8Array[] = [];
  readonly #inputs: Uint8Array[] = [];
  readonly #outputs: Uint8Array[] = [];
  readonly #names = new Map<string, Value>();
  #count = 0;

  /** What an operator says of its inputs. */
  op(type: string, inputs: readonly Value[], attributes: Readonly<Record<string, Attribute>> = {}): Value {
    const output = `${type.toLowerCase()}${++this.#count}`;
    this.#nodes.push(
      message(
        ...inputs.map((name) => text(1, name)),
        text(2, output),
        text(3, output),
        text(4, type),
        ...Object.entries(attributes).map(([name, value]) => bytes(5, attribute(name, value))),
      ),
    );
    return output;
  }

  /** A tensor of the model itself; equal ones of whole numbers are kept once. */
  weights(values: Float32Array, shape: readonly number[], name = `weights${++this.#count}`): Value {
    this.#keep(name, "float", shape, new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
    return name;
  }

  whole(...values: readonly number[]): Value {
    return this.#once(`whole ${values.join()}`, "int64", [values.length], () => {
      return new Uint8Array(BigInt64Array.from(values, BigInt).buffer);
    });
  }

  /** One number of some type, that fits beside any shape. */
  scalar(value: number, type: Element = "float"): Value {
    return this.#once(`${type} ${value}`, type, [], () => {
      if (type === "int64") return new Uint8Array(BigInt64Array.of(BigInt(value)).buffer);
      return new Uint8Array((type === "double" ? Float64Array.of(value) : Float32Array.of(value)).buffer);
    });
  }

  /** Sizes are numbers, or names for what differs from call to call. Asked for again, the same input. */
  input(name: string, type: Element, shape: readonly (number | string)[]): Value {
    if (!this.#names.has(name)) {
      this.#names.set(name, name);
      this.#inputs.push(valueInfo(name, type, shape));
    }
    return name;
  }

  output(name: string, value: Value, shape: readonly (number | string)[]): void {
    this.#nodes.push(message(text(1, value), text(2, name), text(3, name), text(4, "Identity")));
    this.#outputs.push(valueInfo(name, "float", shape));
  }

  /** The model's bytes. */
  model(opset: number, metadata: Readonly<Record<string, string>>): Uint8Array {
    const graph = message(
      ...this.#nodes.map((node) => bytes(1, node)),
      text(2, "encoder"),
      ...this.#kept.map((tensor) => bytes(5, tensor)),
      ...this.#inputs.map((input) => bytes(11, input)),
      ...this.#outputs.map((output) => bytes(12, output)),
    );
    return message(
      number(1, IR_VERSION),
      text(2, "rhyme"),
      bytes(7, graph),
      bytes(8, message(text(1, ""), number(2, opset))),
      ...Object.entries(metadata).map(([key, value]) => bytes(14, message(text(1, key), text(2, value)))),
    );
  }

  #once(key: string, type: Element, shape: readonly number[], make: () => Uint8Array): Value {
    const known = this.#names.get(key);
    if (known !== undefined) return known;
    const name = `constant${++this.#count}`;
    this.#names.set(key, name);
    this.#keep(name, type, shape, make());
    return name;
  }

  #keep(name: string, type: Element, shape: readonly number[], raw: Uint8Array): void {
    this.#kept.push(
      message(
        ...shape.map((size) => number(1, size)),
        number(2, ELEMENTS[type]),
        text(8, name),
        bytes(9, raw), // little-endian
      ),
    );
  }
}

function attribute(name: string, value: Attribute): Uint8Array {
  if (typeof value === "number") return message(text(1, name), number(3, value), number(20, 2));
  if (typeof value === "string") return message(text(1, name), text(4, value), number(20, 3));
  return message(text(1, name), float(2, value.float), number(20, 1));
}

function valueInfo(name: string, type: Element, shape: readonly (number | string)[]): Uint8Array {
  const sizes = shape.map((size) => bytes(1, typeof size === "number" ? number(1, size) : text(2, size)));
  const tensor = message(number(1, ELEMENTS[type]), bytes(2, message(...sizes)));
  return message(text(1, name), bytes(2, message(bytes(1, tensor))));
}
