import { z } from "zod";
import { iso } from "../time/units.ts";
import {
  FINDING_ACTIONS,
  FINDING_KIND_NAMES,
  severityOf,
  type Finding,
  type FindingKind,
} from "./finding.ts";

// The shape of findings and of the document of a check, declared once: types, validation and JSON Schema derive from
// it. Only documents pass here; inside, findings are plain objects.

const instant = z.iso.datetime();
const count = z.int().min(0);

/** A finding as it is written out. */
export const findingSchema = z
  .object({
    kind: z.enum(FINDING_KIND_NAMES as [FindingKind, ...FindingKind[]]),
    severity: z.enum(["error", "warning"]),
    file: z.string(),
    /** Line of a text file or row of another, from 1; null where there is none. */
    line: z.int().min(1).nullable(),
    time: instant.nullable(),
    value: z.string(),
    /** Rows or bars concerned. */
    count: z.int().min(1),
    done: z.enum(FINDING_ACTIONS),
    /** The rule of a repair, in words. */
    rule: z.string().optional(),
  })
  .refine(({ done, rule }) => (done === "repaired") === (rule !== undefined), {
    error: "a finding names a rule exactly where its row was repaired",
  });

export type FindingDocument = z.infer<typeof findingSchema>;

const kindSchema = z.object({
  kind: z.enum(FINDING_KIND_NAMES as [FindingKind, ...FindingKind[]]),
  severity: z.enum(["error", "warning"]),
  says: z.string(),
  findings: count,
  concerned: count,
  done: z.partialRecord(z.enum(FINDING_ACTIONS), count),
});

const gapsSchema = z.object({
  expected: count,
  known: count,
  missing: count,
  missingOnWeekends: count,
  closures: count,
  closedHours: z.number(),
  holes: count,
  longestHoles: z.array(z.object({ from: instant, to: instant, bars: count })),
});

const yearSchema = z.object({
  year: z.int(),
  expected: count,
  known: count,
  missing: count,
  openEqualsPreviousClose: z.number().nullable(),
  zeroVolume: z.number().nullable(),
});

/** What `./rhyme check --json` prints: one entry per series. Fields may be added, none of these goes. */
export const checkSchema = z.looseObject({
  schema: z.literal("rhyme.check/1"),
  series: z.array(
    z.looseObject({
      source: z.string(),
      symbol: z.string(),
      timeframe: z.string(),
      calendar: z.string(),
      files: z.array(z.string()),
      rowsRead: count,
      assumptions: z.array(z.string()),
      rows: count,
      first: instant.nullable(),
      last: instant.nullable(),
      errors: count,
      warnings: count,
      repaired: count,
      kinds: z.array(kindSchema),
      counts: z.partialRecord(z.enum(FINDING_KIND_NAMES as [FindingKind, ...FindingKind[]]), count),
      gaps: gapsSchema,
      years: z.array(yearSchema),
      findings: z.array(findingSchema),
    }),
  ),
});

export type CheckDocument = z.infer<typeof checkSchema>;

/** A finding as documents hold it: with its severity, and its time in ISO 8601. */
export function findingDocument(finding: Finding): FindingDocument {
  const { kind, file, line, time, value, count: concerned, done, rule } = finding;
  return {
    kind,
    severity: severityOf(finding),
    file,
    line,
    time: time === null ? null : iso(time),
    value,
    count: concerned,
    done,
    ...(rule === undefined ? {} : { rule }),
  };
}

/** JSON Schema of a finding, for people who read findings in other languages. */
export function findingJsonSchema(): object {
  return z.toJSONSchema(findingSchema);
}

/** JSON Schema of the document of a check. */
export function checkJsonSchema(): object {
  return z.toJSONSchema(checkSchema);
}
