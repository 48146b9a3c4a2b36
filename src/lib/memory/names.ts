import type { SeriesKey } from "../candles/candle-series.ts";
import { RhymeError } from "../errors.ts";
import { parseTimeframe } from "../time/timeframe.ts";

/** Of tenants, and of the channels through which they read. */
const TENANT = /^[A-Za-z0-9_-]{1,64}$/;
const ENCODER_VERSION = /^[0-9A-Za-z_]{1,64}$/;
/** Where no tenant is named. */
export const DEFAULT_TENANT = "default";
/** The channel that is read where no other is named. */
export const DEFAULT_CHANNEL = "default";
/** 1 to 64 code points, none of them a control, format, surrogate, private-use or unassigned one, no line breaks. */
const NAME = /^[^\p{C}\p{Zl}\p{Zp}]{1,64}$/u;

function refuse(place: string, expected: string, value: unknown): never {
  const received = typeof value === "string" ? JSON.stringify(value.slice(0, 100)) : String(value);
  throw new RhymeError("usage", { place, expected, received, remedy: "Choose another name." });
}

/** @throws RhymeError "usage" unless it matches `[A-Za-z0-9_-]{1,64}` */
export function checkTenant(tenant: string): void {
  if (typeof tenant !== "string" || !TENANT.test(tenant))
    refuse("tenant", "1 to 64 of A-Z a-z 0-9 _ -", tenant);
}

/** Names through which a tenant reads a version. @throws RhymeError "usage" unless it matches `[A-Za-z0-9_-]{1,64}` */
export function checkChannel(channel: string): void {
  if (typeof channel !== "string" || !TENANT.test(channel))
    refuse("channel", "1 to 64 of A-Z a-z 0-9 _ -", channel);
}

/** @throws RhymeError "usage" unless it matches `[0-9A-Za-z_]{1,64}` */
export function checkEncoderVersion(version: string): void {
  if (typeof version !== "string" || !ENCODER_VERSION.test(version))
    refuse("encoder version", "1 to 64 of 0-9 A-Z a-z _", version);
}

function isName(name: string): boolean {
  return (
    typeof name === "string" && NAME.test(name) && name === name.trim() && name === name.normalize("NFC")
  );
}

/**
 * Source and symbol: 1 to 64 printable characters (Unicode NFC, spaces inside but not at the ends); timeframe in
 * its one spelling, so that `60m` and `1h` cannot be two series.
 * @throws RhymeError "usage"
 */
export function checkSeriesKey(key: SeriesKey): void {
  const expected = "1 to 64 printable characters (NFC) without spaces at the ends";
  if (!isName(key.source)) refuse("source", expected, key.source);
  if (!isName(key.symbol)) refuse("symbol", expected, key.symbol);
  const { name } = parseTimeframe(key.timeframe);
  if (name !== key.timeframe) refuse("timeframe", name, key.timeframe);
}

/** `BTCUSDT 5m (binance)`: how messages name a series. */
export function seriesName(key: SeriesKey): string {
  return `${key.symbol} ${key.timeframe} (${key.source})`;
}
