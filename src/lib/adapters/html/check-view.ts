import {
  FINDING_KIND_NAMES,
  FINDING_KINDS,
  severityOf,
  type Finding,
  type FindingKind,
} from "../../candles/finding.ts";
import { iso, type EpochMs } from "../../time/units.ts";
import type { CheckedSeries, CheckPageInput } from "./check-page-input.ts";
import { checkRows, type CheckRows } from "./check-rows.ts";

/** A series with what every section of its page needs. */
export interface CheckView extends CheckedSeries {
  /** Prefix of the ids of its sections. */
  readonly id: string;
  /** `BTCUSDT 5m`. */
  readonly name: string;
  readonly rows: CheckRows;
  /** Only kinds that occur, in the order of FINDING_KINDS. */
  readonly kinds: readonly KindOfFindings[];
  /** Files without the folder that all of them share. */
  readonly shortFile: (file: string) => string;
  readonly budget: CheckBudget;
}

export interface KindOfFindings {
  readonly kind: FindingKind;
  readonly says: string;
  readonly error: boolean;
  readonly findings: readonly Finding[];
  /** Rows or bars concerned. */
  readonly concerned: number;
}

/** How much of each kind and series the page holds, so that its size stays bounded. */
export interface CheckBudget {
  /** Findings with a large picture. */
  readonly pictures: number;
  /** Findings in the table of the rest, with a small picture each. */
  readonly rows: number;
}

export const PICTURES = 60;
const ROWS = 2000;
const [ALL_PICTURES, ALL_ROWS] = [1500, 8000]; // of a whole page: 2 MB of library, some 4 of pictures, 6 of rows

export function checkViews({ checked, show }: CheckPageInput): CheckView[] {
  const shortFile = shortener(checked.flatMap((one) => one.files));
  const kinds = checked.map(({ findings }) => kindsOf(findings));
  const groups = Math.max(1, kinds.flat().length);
  const budget = {
    pictures: show ?? Math.min(PICTURES, Math.floor(ALL_PICTURES / groups)),
    rows: Math.min(ROWS, Math.floor(ALL_ROWS / groups)),
  };
  return checked.map((one, i) => ({
    ...one,
    id: `s${i}`,
    name: `${one.series.symbol} ${one.series.timeframe}`,
    rows: checkRows(one.raw, one.findings),
    kinds: kinds[i]!,
    shortFile,
    budget,
  }));
}

function kindsOf(findings: readonly Finding[]): KindOfFindings[] {
  return FINDING_KIND_NAMES.flatMap((kind) => {
    const own = findings.filter((finding) => finding.kind === kind);
    if (own.length === 0) return [];
    const concerned = own.reduce((sum, finding) => sum + finding.count, 0);
    return [
      {
        kind,
        says: FINDING_KINDS[kind].says,
        error: severityOf(own[0]!) === "error",
        findings: own,
        concerned,
      },
    ];
  });
}

function shortener(files: readonly string[]): (file: string) => string {
  let shared = files.length > 0 ? files[0]!.slice(0, files[0]!.lastIndexOf("/") + 1) : "";
  while (shared !== "" && !files.every((file) => file.startsWith(shared)))
    shared = shared.slice(0, shared.slice(0, -1).lastIndexOf("/") + 1);
  return (file) => (file.startsWith(shared) ? file.slice(shared.length) : file);
}

/** `2016-02-22 14:35`: the instant in UTC, seconds only when there are any. */
export function stampText(t: EpochMs): string {
  return iso(t)
    .replace("T", " ")
    .replace("Z", "")
    .replace(/(\d\d:\d\d):00$/, "$1");
}

/** `file.csv:17`, or the file alone. */
export function placeText({ file, line }: Finding, view: CheckView): string {
  return line === null ? view.shortFile(file) : `${view.shortFile(file)}:${line}`;
}
