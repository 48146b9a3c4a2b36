/** A row as a naive reader sees it: time, then open, high, low, close. */
export type NaiveRow = readonly [time: number, open: number, high: number, low: number, close: number];

const HEADERS: Readonly<Record<string, number>> = {
  ...{ timestamp: 0, date: 0, opentime: 0, gmttime: 0, datetime: 0 },
  ...{ open: 1, o: 1, high: 2, h: 2, low: 3, l: 3, close: 4, c: 4 },
};

/**
 * Every line of a text that could be a candle, read as plainly as possible: one line at a time, whatever the rest
 * says. A header line changes which field is which for all lines; without one the order is time, open, high, low,
 * close (a second field with a colon belongs to the time).
 */
export function naiveRows(text: string, separator: string, dayFirst = false): NaiveRow[] {
  const lines = text.split(/\r\n|\r|\n/).filter((line) => line.trim() !== "");
  const split = (line: string): string[] =>
    line.split(separator).map((field) => field.trim().replace(/^"(.*)"$/, "$1"));
  const names = split(lines[0] ?? "").map((name) => name.toLowerCase().replace(/[^a-z]/g, ""));
  if (names[0] === "") names[0] = "timestamp"; // an index without a name
  const headed = names.some((name, i) => i > 0 && name in HEADERS);
  const clock = headed && names.includes("date") ? names.indexOf("time") : -1;
  const place = (role: number): number => (headed ? names.findIndex((name) => HEADERS[name] === role) : role);
  return lines.map((line) => {
    const fields = split(line);
    const shift = !headed && /^\d\d?:\d\d/.test(fields[1] ?? "") ? 1 : 0;
    const at = (role: number): string => fields[place(role) + (role > 0 ? shift : 0)] ?? "";
    const time = [at(0), shift ? fields[1]! : clock >= 0 ? (fields[clock] ?? "") : ""].join(" ").trim();
    const price = (role: number): number => Number(at(role).replace(",", ".") || NaN);
    return [naiveTime(time, dayFirst), price(1), price(2), price(3), price(4)] as const;
  });
}

function naiveTime(text: string, dayFirst: boolean): number {
  if (/^-?\d+(\.\d*)?$/.test(text)) return Number(text);
  const numbers = text
    .split(/\D+/)
    .filter((part) => part !== "")
    .map(Number);
  const [a = NaN, month = NaN, c = NaN, h = 0, m = 0, s = 0] = numbers;
  const [year, day] = dayFirst ? [c, a] : [a, c];
  return Date.UTC(year, month - 1, day, h, m, s);
}
