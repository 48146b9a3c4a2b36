import { RhymeError } from "../errors.ts";

/**
 * The safetensors format (huggingface/safetensors, format description): 8 bytes little-endian header length, a JSON
 * header of names, dtypes, shapes and byte ranges, then the bytes. Only F32 and F64 are written and read.
 */
export interface Tensor {
  readonly shape: readonly number[];
  readonly data: Float32Array | Float64Array;
}

export interface TensorFile {
  readonly tensors: Readonly<Record<string, Tensor>>;
  readonly metadata: Readonly<Record<string, string>>;
}

const MAX_HEADER = 10_000_000;
const WIDTH = { F32: 4, F64: 8 } as const;

/** Bytes of a file; names in sorted order, so equal content gives equal bytes. */
export function writeSafetensors({ tensors, metadata }: TensorFile): Uint8Array {
  const names = Object.keys(tensors).sort();
  const header: Record<string, unknown> = Object.keys(metadata).length > 0 ? { __metadata__: metadata } : {};
  let end = 0;
  for (const name of names) {
    const { shape, data } = tensors[name]!;
    const dtype = data instanceof Float32Array ? "F32" : "F64";
    header[name] = { dtype, shape, data_offsets: [end, end + data.byteLength] };
    end += data.byteLength;
  }
  let text = JSON.stringify(header);
  text += " ".repeat((8 - (text.length % 8)) % 8); // data aligned to 8 bytes, as the reference writer does
  const head = new TextEncoder().encode(text);
  const bytes = new Uint8Array(8 + head.length + end);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(head.length), true);
  bytes.set(head, 8);
  let at = 8 + head.length;
  for (const name of names) {
    const { data } = tensors[name]!;
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return bytes;
}

/** Reads and checks every bound before touching data. @throws RhymeError "input" naming `place` and what is wrong. */
export function readSafetensors(bytes: Uint8Array, place: string): TensorFile {
  const fail = (expected: string, received: string): never => {
    throw new RhymeError("input", {
      place,
      expected,
      received,
      remedy: "The file is damaged or of another kind: copy it again or make it anew.",
    });
  };
  if (bytes.length < 8) fail("a safetensors header", `${bytes.length} bytes`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = Number(view.getBigUint64(0, true));
  if (length > MAX_HEADER || 8 + length > bytes.length)
    fail(`a header of at most ${bytes.length - 8} bytes`, `${length} bytes`);
  const header =
    parseHeader(bytes.subarray(8, 8 + length)) ?? fail("a JSON object as header", "something else");
  const data = bytes.subarray(8 + length);
  const { __metadata__: metadata = {}, ...entries } = header as Record<string, unknown>;
  const tensors: Record<string, Tensor> = {};
  let covered = 0;
  const sorted = Object.entries(entries).map(([name, entry]) => ({
    name,
    entry:
      checkedEntry(entry) ??
      fail(`dtype F32 or F64, shape and data_offsets of ${name}`, JSON.stringify(entry)),
  }));
  sorted.sort((a, b) => a.entry.begin - b.entry.begin);
  for (const { name, entry } of sorted) {
    const { dtype, shape, begin, end } = entry;
    const size = shape.reduce((a, b) => a * b, 1) * WIDTH[dtype];
    if (begin !== covered || end - begin !== size || end > data.length)
      fail(`${size} bytes of ${name} at ${covered} of ${data.length}`, `${begin} to ${end}`);
    covered = end;
    const copy = new Uint8Array(size); // aligned, and not a view into somebody's pool
    copy.set(data.subarray(begin, end));
    tensors[name] = {
      shape,
      data: dtype === "F32" ? new Float32Array(copy.buffer) : new Float64Array(copy.buffer),
    };
  }
  if (covered !== data.length) fail(`${covered} bytes of tensors`, `${data.length}`);
  if (!isTextRecord(metadata)) return fail("__metadata__ of texts", JSON.stringify(metadata));
  return { tensors, metadata };
}

function parseHeader(bytes: Uint8Array): object | null {
  try {
    const value: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}

interface Entry {
  readonly dtype: keyof typeof WIDTH;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

function checkedEntry(entry: unknown): Entry | null {
  const { dtype, shape, data_offsets: offsets } = (entry ?? {}) as Record<string, unknown>;
  const whole = (x: unknown): x is number => Number.isSafeInteger(x) && (x as number) >= 0;
  if (dtype !== "F32" && dtype !== "F64") return null;
  if (!Array.isArray(shape) || !shape.every(whole)) return null;
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(whole)) return null;
  return { dtype, shape, begin: offsets[0] as number, end: offsets[1] as number };
}

function isTextRecord(value: unknown): value is Record<string, string> {
  return (
    typeof value === "object" && value !== null && Object.values(value).every((v) => typeof v === "string")
  );
}
