const DATE_ONLY = /T00:00:00\.000Z$/;

/** A value as a table says it: seven digits of a number, dates in UTC, an em dash for nothing. */
export function formatCell(value: unknown): string {
  if (value === null || value === undefined) return "–";
  if (typeof value === "number") return formatNumber(value);
  if (typeof value === "bigint" || typeof value === "boolean") return String(value);
  if (typeof value === "string") return value;
  if (value instanceof Date) return formatDate(value);
  if (Array.isArray(value) || ArrayBuffer.isView(value))
    return formatList(Array.from(value as ArrayLike<unknown>));
  if (typeof value === "object") return clip(JSON.stringify(value) ?? "{}");
  return typeof value === "symbol" ? clip(value.toString()) : "a function";
}

function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "NaN" : value > 0 ? "∞" : "−∞";
  if (Number.isInteger(value) && Math.abs(value) < 1e15)
    return value.toLocaleString("en-GB").replace("-", "−");
  const size = Math.abs(value);
  const text = size >= 1e-4 && size < 1e15 ? String(Number(value.toPrecision(7))) : value.toExponential(3);
  return text.replace(/^-/, "−");
}

function formatDate(value: Date): string {
  if (Number.isNaN(value.getTime())) return "no date";
  const text = value.toISOString();
  return DATE_ONLY.test(text) ? text.slice(0, 10) : text.replace("T", " ").replace(/(:00)?\.000Z$|Z$/, "");
}

function formatList(values: readonly unknown[]): string {
  const shown = values.slice(0, 6).map(formatCell).join(", ");
  return `[${shown}${values.length > 6 ? `, … ${values.length} in all` : ""}]`;
}

function clip(text: string): string {
  return text.length <= 80 ? text : `${text.slice(0, 79)}…`;
}
