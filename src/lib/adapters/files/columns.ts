import { fileError } from "./read-bytes.ts";

export type Price = "open" | "high" | "low" | "close";
export type Side = "bid" | "ask";

/** What a column of a candle table is for. `clock` is the time of day where `time` is a bare date. */
export type Role =
  | "time"
  | "clock"
  | Price
  | `${Side}.${Price}`
  | "symbol"
  | "volume"
  | "trades"
  | "vwap"
  | "spread"
  | "complete"
  | "knownAt"
  | "closeTime"
  | "partial";

export const PRICES: readonly Price[] = ["open", "high", "low", "close"];

/** Names by preference, lower case without anything but letters: `Open Time` and `open_time` are `opentime`. */
const ALIASES: Readonly<Partial<Record<Role, readonly string[]>>> = {
  time: [
    ...["timestamp", "opentime", "datetime", "time", "date", "ts", "t", "unix", "gmttime", "localtime"],
    ...["timeutc", "windowstart", "starttime", "timeperiodstart", "index", "indexlevel", "unnamed"],
  ],
  ...Object.fromEntries(PRICES.map((price) => [price, priceNames(price)])),
  ...Object.fromEntries(
    (["bid", "ask"] as const).flatMap((side) =>
      PRICES.map((price) => [`${side}.${price}`, sideNames(side, price)]),
    ),
  ),
  symbol: ["symbol", "ticker", "instrument", "pair"],
  volume: ["volume", "v", "tickvol", "tickvolume", "vol", "basevolume", "volumetraded"],
  trades: [
    "trades",
    "numberoftrades",
    "numtrades",
    "tradecount",
    "transactions",
    "tradescount",
    "count",
    "n",
  ],
  vwap: ["vwap", "vw"],
  spread: ["spread"],
  complete: ["complete", "isclosed", "isfinal", "iscomplete", "confirm", "closed", "final", "x"],
  knownAt: ["knownat"],
  closeTime: ["closetime"],
  partial: ["partial"],
};

function priceNames(price: Price): string[] {
  const letter = price[0]!;
  return [price, letter, `${price}price`, `price${price}`, `mid${price}`, `mid${letter}`, `${price}mid`];
}

function sideNames(side: Side, price: Price): string[] {
  return [`${side}${price}`, `${price}${side}`, `${side}${price[0]!}`];
}

/** Index of the column of each role; absent where the table has none. */
export type ColumnRoles = ReadonlyMap<Role, number>;

/** Lower case, letters only; a name without letters stays what it is. */
export function plainName(name: string): string {
  return name.toLowerCase().replace(/[^a-z]/g, "") || name;
}

/**
 * Finds the columns by their names, whatever their case; the first alias wins. A table may hold plain (or mid)
 * prices, or those of both sides.
 * @throws RhymeError "input" where a needed one is missing, or stands there twice
 */
export function matchColumns(place: string, names: readonly string[]): ColumnRoles {
  const plainNames = names.map(plainName);
  // pandas writes an index as a column without a name.
  if (plainNames[0] === "") plainNames[0] = "unnamed";
  const roles = new Map<Role, number>();
  for (const [role, aliases] of Object.entries(ALIASES) as [Role, readonly string[]][]) {
    const alias = aliases.find((name) => plainNames.includes(name));
    if (alias !== undefined) roles.set(role, onlyOne(place, names, plainNames, alias));
  }
  if (!isWhole(roles)) takeOneSide(roles);
  const missing = missingRoles(roles);
  if (missing.length > 0) throw unnamed(place, names, missing);
  return roles;
}

/** The column of a name; of `close` and `close.1` the first is meant, of two `close` neither. */
function onlyOne(
  place: string,
  names: readonly string[],
  plainNames: readonly string[],
  alias: string,
): number {
  const all = names.flatMap((_, i) => (plainNames[i] === alias ? [i] : []));
  if (all.length === 1) return all[0]!;
  const exact = all.filter((i) => names[i]!.toLowerCase() === alias);
  if (exact.length === 1) return exact[0]!;
  const received = `the columns ${all.map((i) => JSON.stringify(names[i]!)).join(" and ")}`;
  throw fileError(
    `${place}:1`,
    `one column ${alias}`,
    received,
    "Take one out, or name the columns with --columns",
  );
}

function isWhole(roles: ColumnRoles, prefix: "" | `${Side}.` = ""): boolean {
  return PRICES.every((price) => roles.has(`${prefix}${price}`));
}

/** A table of one side alone is a table of plain prices. */
function takeOneSide(roles: Map<Role, number>): void {
  const [bid, ask] = [isWhole(roles, "bid."), isWhole(roles, "ask.")];
  if (bid === ask) return;
  for (const price of PRICES) {
    const from = `${bid ? "bid" : "ask"}.${price}` as const;
    roles.set(price, roles.get(from)!);
    if (price !== "close") roles.delete(from);
  }
}

function missingRoles(roles: ColumnRoles): Role[] {
  const prices = hasBothSides(roles) ? [] : PRICES.filter((price) => !roles.has(price));
  return roles.has("time") ? prices : ["time", ...prices];
}

/** Whether prices are to be made of bid and ask. */
export function hasBothSides(roles: ColumnRoles): boolean {
  return !isWhole(roles) && isWhole(roles, "bid.") && isWhole(roles, "ask.");
}

function unnamed(place: string, names: readonly string[], missing: readonly Role[]): Error {
  const shown = names.slice(0, 12).join(", ").slice(0, 200);
  const wanted = missing.map((role) => (role === "time" ? "timestamp" : role)).join(", ");
  return fileError(
    `${place}:1`,
    "a header that names a timestamp, open, high, low and close",
    shown === "" ? "a line without names" : shown,
    `Name a column ${wanted}, or all of them with --columns time,open,high,low,close,volume`,
  );
}

/** What a reader should know about the columns that were taken and left. */
export function columnAssumptions(
  names: readonly string[],
  roles: ColumnRoles,
  used: ReadonlySet<Role>,
): string[] {
  const taken = new Set([...roles].flatMap(([role, i]) => (used.has(role) ? [i] : [])));
  const left = names.filter((name, i) => !taken.has(i) && name !== SKIP);
  const notes: string[] = [];
  if (left.length > 0) notes.push(`columns left out: ${left.join(", ").slice(0, 400)}`);
  if (left.some((name) => plainName(name).startsWith("adjclose")))
    notes.push("prices are those not adjusted");
  if (!roles.has("volume")) notes.push("no volume column: every volume is 0");
  for (const side of ["bid", "ask"] as const) {
    const i = roles.get(`${side}.close`);
    if (i !== undefined && i === roles.get("close")) notes.push(`prices are those of the ${side} alone`);
  }
  return notes;
}

/** The name in `--columns` of a column that is left out. */
export const SKIP = "-";
