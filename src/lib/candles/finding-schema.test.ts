import { describe, expect, it } from "vitest";
import { assembleRows, quietRows, type RawRow } from "../testing/raw-rows.ts";
import {
  checkJsonSchema,
  checkSchema,
  findingDocument,
  findingJsonSchema,
  findingSchema,
} from "./finding-schema.ts";
import { FINDING_KINDS } from "./finding.ts";
import { qualityReport } from "./quality-report.ts";

function defective(): RawRow[] {
  const rows = quietRows(200, 1.05);
  rows[20] = [20, 1053, 1053, 1.049, 1.05, 5];
  rows[40] = [40, 1.05, 1.04, 1.06, 1.055, 5];
  rows[60] = [60, 0.5, 1.06, 0.5, 1.05, 5];
  rows.splice(80, 3);
  rows.push(rows[90]!, [91, 1.05, 1.06, 1.04, 1.05, 8]);
  return rows;
}

describe("documents of findings", () => {
  it("hold every finding in the shape of the schema", () => {
    const { findings } = assembleRows(defective(), { repair: ["lost-decimal-point"] });
    const documents = findings.map(findingDocument);
    expect(documents.map((document) => findingSchema.parse(document))).toEqual(documents);
    expect(documents.find(({ kind }) => kind === "lost-decimal-point")).toEqual({
      kind: "lost-decimal-point",
      severity: "error",
      file: "a.csv",
      line: 22,
      time: "1970-01-01T01:40:00Z",
      value: expect.stringMatching(/^open 1053, .* → open 1\.053,/),
      count: 1,
      done: "repaired",
      rule: expect.stringMatching(/divided/),
    });
  });

  it("are refused with an unknown kind, an open field missing, or a rule where nothing was repaired", () => {
    const [finding] = assembleRows(defective()).findings.map(findingDocument);
    for (const wrong of [
      { kind: "odd" },
      { severity: "info" },
      { count: 0 },
      { rule: "a rule" },
      { file: undefined },
    ])
      expect(findingSchema.safeParse({ ...finding, ...wrong }).success, JSON.stringify(wrong)).toBe(false);
  });

  it("are described by a JSON Schema with the closed list of kinds", () => {
    const schema = findingJsonSchema() as {
      properties: Record<string, { enum?: string[] }>;
      required: string[];
    };
    expect(schema.properties["kind"]!.enum).toEqual(Object.keys(FINDING_KINDS));
    expect(schema.required).toEqual(["kind", "severity", "file", "line", "time", "value", "count", "done"]);
  });

  it("of a check hold the report of each series", () => {
    const { series, ledger, findings } = assembleRows(defective());
    const { source, symbol, timeframe, calendar } = series;
    const entry = {
      ...{ source, symbol, timeframe, calendar: calendar.name },
      ...{ files: ["a.csv"], rowsRead: 199, assumptions: [] },
      ...qualityReport(series, ledger, findings),
      findings: findings.map(findingDocument),
    };
    const document = { schema: "rhyme.check/1" as const, series: [entry] };
    expect(checkSchema.parse(document)).toEqual(document);
    expect(JSON.stringify(checkJsonSchema())).toContain("rhyme.check/1");
  });
});
