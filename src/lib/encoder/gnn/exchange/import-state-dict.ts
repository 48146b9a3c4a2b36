import { RhymeError } from "../../../errors.ts";
import type { Tensor } from "../../safetensors.ts";
import { weightShapes, type GnnShape, type GnnWeights } from "../gnn-model.ts";
import type { StateDictMap, WeightSource } from "./state-dict-map.ts";

/**
 * The weights of an encoder of this shape from a state dict, as its map says. Axes of length 1 do not count: an
 * attention vector [1, heads, C] is [heads, C].
 * @throws RhymeError "input" naming every missing or unused tensor, a weight that the map leaves out or does not know, or
 * the first tensor of another shape or with a number that is not finite.
 */
export function importStateDict(
  tensors: Readonly<Record<string, Tensor>>,
  map: StateDictMap,
  shape: GnnShape,
  place: string,
): GnnWeights {
  const shapes = weightShapes(shape);
  assertNames(tensors, map, Object.keys(shapes), place);
  return Object.fromEntries(
    Object.entries(shapes).map(([name, [rows, columns]]) => {
      const source = map.weights[name]!;
      const values =
        "fill" in source
          ? filled(source.fill, rows, columns)
          : taken(tensors[source.from]!, source, name, rows, columns, place);
      return [name, values];
    }),
  );
}

type Named = Extract<WeightSource, { readonly from: string }>;

function assertNames(
  tensors: Readonly<Record<string, Tensor>>,
  map: StateDictMap,
  weights: readonly string[],
  place: string,
): void {
  const wrong = (what: string, expected: string, received: string, remedy: string): RhymeError =>
    new RhymeError("input", { place: `${place}, ${what}`, expected, received, remedy });
  const silent = weights.filter((name) => !(name in map.weights));
  const strange = Object.keys(map.weights).filter((name) => !weights.includes(name));
  if (silent.length + strange.length > 0)
    throw wrong(
      "weights of the map",
      weights.join(", "),
      [
        silent.length > 0 ? `without ${silent.join(", ")}` : "",
        strange.length > 0 ? `with ${strange.join(", ")}` : "",
      ]
        .filter(Boolean)
        .join(", and "),
      "Give each weight its place in the state dict, or a fill; correct the shape of the map if it means other layers.",
    );
  const used = new Set(Object.values(map.weights).flatMap((source) => ("from" in source ? source.from : [])));
  const missing = [...used].filter((name) => !(name in tensors));
  if (missing.length > 0)
    throw wrong(
      "state dict",
      `tensors ${missing.join(", ")}`,
      `only ${Object.keys(tensors).join(", ")}`,
      "Correct the names in the map: they are those of model.state_dict().",
    );
  const ignored = (name: string): boolean =>
    (map.ignore ?? []).some((one) => (one.endsWith("*") ? name.startsWith(one.slice(0, -1)) : name === one));
  const extra = Object.keys(tensors).filter((name) => !used.has(name) && !ignored(name));
  if (extra.length > 0)
    throw wrong(
      "state dict",
      "no tensor that the map does not use",
      `also ${extra.join(", ")}`,
      'The result would not be that model. List what may be left out under "ignore" in the map.',
    );
}

function filled(fill: "zeros" | "identity", rows: number, columns: number): Float32Array {
  const values = new Float32Array(rows * columns);
  if (fill === "identity") for (let i = 0; i < Math.min(rows, columns); i++) values[i * columns + i] = 1;
  return values;
}

/** [rows, columns] row-major, from a tensor as the map says. */
function taken(
  tensor: Tensor,
  source: Named,
  name: string,
  rows: number,
  columns: number,
  place: string,
): Float32Array {
  const { transpose = false, repeat = false, index } = source;
  const own = repeat ? [1, columns] : [rows, columns];
  const wanted = transpose ? [...own].reverse() : own;
  const found = index === undefined ? tensor.shape : tensor.shape.slice(1);
  if (!sameShape(found, wanted) || (index !== undefined && index >= (tensor.shape[0] ?? 0)))
    throw new RhymeError("input", {
      place: `${place}, ${source.from}`,
      expected: `${index === undefined ? "" : `more than ${index} of `}[${wanted.join(", ")}] for ${name}`,
      received: `[${tensor.shape.join(", ")}]`,
      remedy: "Correct the map (transpose, index, repeat) or its shape: hidden, layers, heads, dim, readout.",
    });
  const size = wanted[0]! * wanted[1]!;
  const from = size * (index ?? 0);
  const out = new Float32Array(rows * columns);
  for (let r = 0; r < rows; r++)
    for (let c = 0; c < columns; c++) {
      const row = repeat ? 0 : r;
      const at = from + (transpose ? c * own[0]! + row : row * columns + c);
      out[r * columns + c] = tensor.data[at]!;
    }
  const bad = out.findIndex((value) => !Number.isFinite(value));
  if (bad < 0) return out;
  throw new RhymeError("input", {
    place: `${place}, ${source.from}`,
    expected: "finite numbers",
    received: String(out[bad]),
    remedy: "The training that made it has diverged: take an earlier checkpoint.",
  });
}

function sameShape(a: readonly number[], b: readonly number[]): boolean {
  const significant = (shape: readonly number[]): string => shape.filter((size) => size !== 1).join();
  return significant(a) === significant(b);
}
