import type { Activation } from "../../encoder/gnn/native/matrix-engine.ts";

// ONNX models are protocol buffers (onnx/onnx.proto, IR version 8): a field is its number and wire type, then the value.

const OPSET = 13;
const FLOAT = 1; // TensorProto.DataType

/** The model y [rows, J] = activation(x [rows, K] · W [K, J]), W inside. Names: x, y. */
export function productModel(
  weights: Float32Array,
  inputs: number,
  outputs: number,
  activation: Activation,
): Uint8Array {
  const product = activation === "relu" ? "product" : "y";
  const nodes = [nodeOf("MatMul", ["x", "w"], product)];
  if (activation === "relu") nodes.push(nodeOf("Relu", [product], "y"));
  const raw = new Uint8Array(weights.buffer, weights.byteOffset, weights.byteLength); // little-endian
  const kept = message(number(1, inputs), number(1, outputs), number(2, FLOAT), text(8, "w"), bytes(9, raw));
  const graph = message(
    ...nodes.map((node) => bytes(1, node)),
    text(2, "product"),
    bytes(5, kept),
    bytes(11, valueInfo("x", inputs)),
    bytes(12, valueInfo("y", outputs)),
  );
  return message(number(1, 8), bytes(7, graph), bytes(8, message(text(1, ""), number(2, OPSET))));
}

function nodeOf(operator: string, inputs: readonly string[], output: string): Uint8Array {
  return message(...inputs.map((name) => text(1, name)), text(2, output), text(4, operator));
}

/** A tensor of floats [any number of rows, columns]. */
function valueInfo(name: string, columns: number): Uint8Array {
  const shape = message(bytes(1, message(text(2, "rows"))), bytes(1, message(number(1, columns))));
  const tensor = message(number(1, FLOAT), bytes(2, shape));
  return message(text(1, name), bytes(2, message(bytes(1, tensor))));
}

function message(...fields: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(fields.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const field of fields) {
    whole.set(field, at);
    at += field.length;
  }
  return whole;
}

function number(field: number, value: number): Uint8Array {
  return Uint8Array.from([...variable(field << 3), ...variable(value)]);
}

function text(field: number, value: string): Uint8Array {
  return bytes(field, new TextEncoder().encode(value));
}

function bytes(field: number, value: Uint8Array): Uint8Array {
  return message(Uint8Array.from([...variable((field << 3) | 2), ...variable(value.length)]), value);
}

/** Seven bits a byte, the lowest first; the highest bit says that more follow. */
function variable(value: number): number[] {
  const low = value % 128;
  return value < 128 ? [low] : [low + 128, ...variable(Math.floor(value / 128))];
}
