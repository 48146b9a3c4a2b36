import { sha1 } from "@noble/hashes/legacy.js";
import { hexToBytes, utf8ToBytes } from "@noble/hashes/utils.js";
import type { SeriesKey } from "../candles/candle-series.ts";
import type { EpochMs } from "../time/units.ts";

/** Namespace of all pattern ids: UUIDv5 of `https://rhyme/pattern` in the URL namespace. Never changes. */
export const PATTERN_NAMESPACE = "d3143c66-f7f5-5b8d-b6e0-c6ce1549740d";

/** Everything that makes a pattern this one and no other. */
export interface PatternIdentity {
  readonly tenant: string;
  readonly series: SeriesKey;
  readonly anchor: EpochMs;
  readonly encoderVersion: string;
  readonly revision: number;
}

/**
 * UUIDv5 (RFC 9562) of the JSON array `[tenant, source, symbol, timeframe, anchor, encoderVersion, revision]`
 * without spaces, as UTF-8: quotes and escapes keep fields apart, and any language can make it again. Equal to
 * npm's `uuid`, which at 135,000 a second is too slow beside the rest of writing a pattern.
 */
export function patternId(of: PatternIdentity): string {
  const bytes = new Uint8Array(16);
  patternIds(of)(of.anchor, bytes, 0);
  return uuidText(bytes, 0);
}

/** Ids of many anchors of one series: writes the 16 bytes of one into `out` at `at`. */
export function patternIds(
  of: Omit<PatternIdentity, "anchor">,
): (anchor: EpochMs, out: Uint8Array, at: number) => void {
  const { source, symbol, timeframe } = of.series;
  const head = JSON.stringify([of.tenant, source, symbol, timeframe]).slice(0, -1);
  const tail = `,${JSON.stringify(of.encoderVersion)},${of.revision}]`;
  const start = sha1.create().update(uuidBytes(PATTERN_NAMESPACE)).update(utf8ToBytes(head));
  return (anchor, out, at) => {
    const hash = start
      .clone()
      .update(utf8ToBytes(`,${anchor}${tail}`))
      .digest();
    hash[6] = (hash[6]! & 0x0f) | 0x50;
    hash[8] = (hash[8]! & 0x3f) | 0x80;
    for (let i = 0; i < 16; i++) out[at + i] = hash[i]!;
  };
}

const DASH = "-".charCodeAt(0);
const DIGITS = Array.from("0123456789abcdef", (digit) => digit.charCodeAt(0));
const CODES = new Array<number>(36).fill(DASH);
/** Where in the text each byte stands. */
const AT = Array.from({ length: 16 }, (_, i) => 2 * i + [4, 6, 8, 10].filter((dash) => i >= dash).length);

/**
 * `xxxxxxxx-xxxx-…` of 16 bytes at `at`; orders as the bytes do. Made in one piece: of texts that grow by `+=` each keeps
 * its pieces, and a set of a million ids takes 640 MB instead of 240.
 */
export function uuidText(bytes: Uint8Array, at: number): string {
  for (let i = 0; i < 16; i++) {
    const byte = bytes[at + i]!;
    CODES[AT[i]!] = DIGITS[byte >> 4]!;
    CODES[AT[i]! + 1] = DIGITS[byte & 15]!;
  }
  return String.fromCharCode(...CODES);
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The 16 bytes of a UUID; empty where the text is none. */
export function uuidBytes(text: string): Uint8Array {
  return UUID.test(text) ? hexToBytes(text.replaceAll("-", "")) : new Uint8Array();
}
