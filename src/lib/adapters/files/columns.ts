import { fileError } from "./read-bytes.ts";

/** What a column of a candle table is for. */
export type Role = "time" | "open" | "high" | "low" | "close" | "volume" | "trades" | "vwap" | "complete";

/** Names by preference, lower case without anything but letters: `Open Time` and `open_time` are `opentime`. */
const ALIASES: Readonly<Record<Role, readonly string[]>> = {
  time: [
    "timestamp",
    "opentime",
    "datetime",
    "time",
    "date",
    "ts",
    "t",
    "unix",
    "gmttime",
    "index",
    "unnamed",
    "",
  ],
  open: ["open", "o", "openprice"],
  high: ["high", "h", "highprice"],
  low: ["low", "l", "lowprice"],
  close: ["close", "c", "closeprice"],
  volume: ["volume", "v", "vol", "tickvol", "tickvolume", "basevolume"],
  trades: ["trades", "numberoftrades", "numtrades", "tradecount", "transactions", "count", "n"],
  vwap: ["vwap", "vw"],
  complete: ["complete", "isclosed", "isfinal", "confirm"],
};

export const NEEDED: readonly Role[] = ["time", "open", "high", "low", "close"];

/** Index of the column of each role; absent where the table has none. */
export type ColumnRoles = ReadonlyMap<Role, number>;

function plain(name: string): string {
  return name.toLowerCase().replace(/[^a-z]/g, "");
}

/**
 * Finds the columns by their names, whatever their case; the first alias wins.
 * @throws RhymeError "input" where a needed one is missing
 */
export function matchColumns(place: string, names: readonly string[]): ColumnRoles {
  // Only a column without any name (pandas writes its index so) has the alias "".
  const plainNames = names.map((name) => (name === "" ? "" : plain(name) || name));
  const roles = new Map<Role, number>();
  for (const role of Object.keys(ALIASES) as Role[]) {
    for (const alias of ALIASES[role]) {
      const index = plainNames.indexOf(alias);
      if (index < 0) continue;
      roles.set(role, index);
      break;
    }
  }
  const missing = NEEDED.filter((role) => !roles.has(role));
  if (missing.length === 0) return roles;
  const shown = names.slice(0, 12).join(", ");
  const remedy = names.every((name) => /^[\s\d.eE+-]*$/.test(name))
    ? "Put a header line before the first candle"
    : `Name a column ${missing.map((role) => (role === "time" ? "timestamp" : role)).join(", ")}`;
  const expected = "a header that names a timestamp, open, high, low and close";
  throw fileError(
    `${place}:1`,
    expected,
    shown === "" ? "a line without names" : shown.slice(0, 200),
    remedy,
  );
}

/** What a reader should know about the columns that were taken and left. */
export function columnAssumptions(names: readonly string[], roles: ColumnRoles): string[] {
  const taken = new Set(roles.values());
  const left = names.filter((_, i) => !taken.has(i));
  const notes: string[] = [];
  if (left.length > 0) notes.push(`columns left out: ${left.join(", ")}`);
  if (!roles.has("volume")) notes.push("no volume column: every volume is 0");
  return notes;
}
