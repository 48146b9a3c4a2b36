import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";

/** What can be hashed without a choice of representation: typed arrays by their little-endian bytes, text by UTF-8. */
export type Hashable = string | ArrayBufferView;

function bytesOf(part: Hashable): Uint8Array {
  return typeof part === "string"
    ? utf8ToBytes(part)
    : new Uint8Array(part.buffer, part.byteOffset, part.byteLength);
}

/** SHA-256 over the parts, each preceded by its length in bytes so that parts cannot run into each other. Hex. */
export function hashParts(...parts: readonly Hashable[]): string {
  const h = sha256.create();
  for (const part of parts) {
    const bytes = bytesOf(part);
    h.update(utf8ToBytes(`${bytes.byteLength}:`)).update(bytes);
  }
  return bytesToHex(h.digest());
}

/** SHA-256 of bytes as they are, hex: comparable with sha256sum. */
export function sha256Hex(bytes: Uint8Array): string {
  return bytesToHex(sha256(bytes));
}

/** JSON with sorted keys: equal data, equal text. Refuses undefined and non-finite numbers. */
export function canonicalJson(value: unknown): string {
  if (typeof value === "number" && !Number.isFinite(value)) throw new TypeError(`cannot hash ${value}`);
  if (value === null || typeof value !== "object") {
    const text = JSON.stringify(value);
    if (text === undefined) throw new TypeError("cannot hash undefined");
    return text;
  }
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  const entries = Object.entries(value)
    .filter(([, v]) => v !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([k, v]) => `${JSON.stringify(k)}:${canonicalJson(v)}`).join(",")}}`;
}
