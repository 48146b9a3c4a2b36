import {
  surelyFound,
  type ColumnReport,
  type FunctionReport,
  type Leak,
  type LookAheadReport,
  type WarmUp,
} from "../../evaluation/look-ahead/user/report.ts";
import { DAY, HOUR, MINUTE, SECOND, type DurationMs } from "../../time/units.ts";
import { aligned, clip, paragraph, plain } from "../text/layout.ts";
import { counted } from "../text/words.ts";

const LONGEST_NAME = 28;

/** A report as plain text of at most 100 columns: per function a verdict for each column, then every reason. */
export function lookAheadText(report: LookAheadReport): string {
  const { symbol, timeframes, bars, from, to } = report.candles;
  const about = `${symbol} ${timeframes.join(", ")}: ${counted(bars, "bar")}, ${from} to ${to}`;
  const blocks = [
    paragraph(about),
    ...report.functions.flatMap((one) => functionBlocks(one, report)),
    paragraph(certainty(report)),
  ];
  return `${blocks.filter((block) => block !== "").join("\n\n")}\n`;
}

function functionBlocks(one: FunctionReport, report: LookAheadReport): readonly string[] {
  const { name, verdict, reason, columns, notes, instants } = one;
  const own = verdict === null ? "" : `: ${verdict}${reason ? ` (${reason})` : ""}${onlyText(one, report)}`;
  const heading = paragraph(`${plain(name)}${own}`);
  const table = columns.length > 0 ? `\n${indented(columnTable(columns))}` : "";
  return [`${heading}${table}`, ...reasons(columns, instants), notes.map(paragraph).join("\n")];
}

/** A file may export what is no feature, such as a helper. */
function onlyText({ name, verdict }: FunctionReport, { file, functions }: LookAheadReport): string {
  if (file === null || !(verdict === "throws" || verdict === "no columns")) return "";
  const others = functions.map((one) => one.name).filter((other) => other !== name);
  return others.length === 0 ? "" : `. Not a feature? --only ${others.join(",")}`;
}

function columnTable(columns: readonly ColumnReport[]): string {
  const head = ["column", "verdict", "values from bar", "warm-up 1e-3", "1e-6", "1e-9", "start of history"];
  const rows = columns.map(({ column, verdict, firstDefined, warmUp }) => [
    clip(plain(column), LONGEST_NAME),
    verdict,
    firstDefined === null ? "–" : String(firstDefined),
    barsText(warmUp?.to1e3, warmUp),
    barsText(warmUp?.to1e6, warmUp),
    barsText(warmUp?.to1e9, warmUp),
    warmUp
      ? { no: "does not matter", fades: "fades", "for ever": "matters for ever" }[warmUp.dependsOnStart]
      : "–",
  ]);
  return aligned([head, ...rows], 2);
}

function barsText(bars: number | null | undefined, warmUp: WarmUp | null): string {
  if (warmUp === null) return "–";
  if (bars !== null && bars !== undefined) return String(bars);
  return warmUp.dependsOnStart === "fades" ? `>${warmUp.bars}` : "never";
}

/** Every reason once: columns that share theirs stand together. */
function reasons(columns: readonly ColumnReport[], instants: number): readonly string[] {
  const groups = new Map<string, string[]>();
  for (const { column, verdict, reason, leak } of columns) {
    if (verdict === "clean") continue;
    const text = leak ? `\n${leakText(leak, instants)}` : "";
    // The sentence about a leak names its column.
    const key = `${verdict.toUpperCase()}  ${leak ? "" : "%: "}${plain(reason ?? "")}${text}`;
    groups.set(key, [...(groups.get(key) ?? []), plain(column)]);
  }
  return [...groups].map(([text, names]) => paragraph(text.replace("%", () => clip(names.join(", "), 200))));
}

function leakText(leak: Leak, instants: number): string {
  const { check, garbage, openTime, knownAt, asKnown, withMore, aheadMs, aheadBars, shownAt, advice } = leak;
  const more = check === "prefix" ? "all candles" : `a later part that is garbage (${garbage})`;
  const ahead =
    aheadMs === null ? "" : `looks ${durationText(aheadMs)} ahead (${counted(aheadBars!, "bar")}); `;
  return [
    `  row of ${minute(openTime)} (known ${minute(knownAt)}): ${valueText(asKnown)} with what was known, ${valueText(withMore)} with ${more}`,
    `  ${ahead}seen at ${shownAt} of ${counted(instants, "instant")}`,
    ...(advice === null ? [] : [`  ${advice}`]),
  ].join("\n");
}

/** `2024-03-04 15:15`, to the second where it has some. */
function minute(instant: string): string {
  return instant.replace("T", " ").replace(/(:00)?(\.0+)?Z$/, "");
}

function valueText(value: number | null): string {
  return value === null ? "nothing" : String(Number(value.toPrecision(10)));
}

/** `2 h 25 min`, `6 d 22 h`. */
function durationText(ms: DurationMs): string {
  const units: readonly (readonly [string, number])[] = [
    ["d", DAY],
    ["h", HOUR],
    ["min", MINUTE],
    ["s", SECOND],
  ];
  const at = units.findIndex(([, size]) => ms >= size);
  if (at < 0) return `${ms} ms`;
  const parts = units.slice(at, at + 2).map(([unit, size], i) => {
    const rest = i === 0 ? ms : ms % units[at]![1];
    return [Math.floor(rest / size), unit] as const;
  });
  return parts.flatMap(([n, unit]) => (n > 0 ? [`${n} ${unit}`] : [])).join(" ");
}

/** What was done, and what of it can be trusted. */
function certainty({ functions, fresh, tolerance }: LookAheadReport): string {
  const calls = functions.reduce((sum, one) => sum + one.calls, 0);
  const [most] = functions.toSorted((a, b) => b.instants - a.instants);
  if (!most || most.instants === 0) return "";
  const where = fresh ? "each function in processes of its own" : "all in this process";
  const how = tolerance > 0 ? `to ${tolerance}` : "bit for bit";
  const share = most.drawn === null ? null : (100 * surelyFound(most.drawn)).toFixed(1);
  return [
    `${counted(calls, "call")}, ${where}. Cut at ${share === null ? "every bar" : counted(most.instants, "instant")}, all values up to it`,
    `compared ${how}, and again with garbage for a future.`,
    share === null ? "" : `A leak that shows at ${share}% of the bars or more is found 19 times out of 20.`,
    "Warm-up: bars until a shorter history gives the same values to 1e-3, 1e-6, 1e-9 for good.",
    fresh ? "" : "What a function keeps between calls may stay unseen here; check its file.",
  ]
    .filter((sentence) => sentence !== "")
    .join(" ");
}

function indented(block: string): string {
  return block.replaceAll(/^/gm, "  ");
}
