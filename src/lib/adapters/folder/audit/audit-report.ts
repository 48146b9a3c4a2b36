import { DRIFT_ALPHA, shiftsOf } from "../../../evaluation/drift/trust-drift.ts";
import type { IndexRecall } from "../../../evaluation/versions/index-recall.ts";
import { GATE_MARGINS } from "../../../evaluation/versions/version-gate.ts";
import type { VerifyReport } from "../../../memory/memory.ts";
import type { AnswerDrift, SeriesDrift } from "./drift-of.ts";
import type { AnswerReplay } from "./replay-answers.ts";

/** What an index holds of a memory, and finds. */
export interface IndexAudit {
  readonly encoder: string;
  readonly verified: VerifyReport;
  /** Null where it could not be asked, because it is behind. */
  readonly recall: IndexRecall | null;
}

/** All that was looked at. */
export interface AuditFindings {
  readonly memory: VerifyReport;
  /** Null where no index stands beside the memory; a text where it could not be used. */
  readonly index: readonly IndexAudit[] | string | null;
  readonly answers: AnswerReplay;
  readonly inputs: readonly SeriesDrift[];
  readonly trust: readonly AnswerDrift[];
}

export interface Alarm {
  /** What is wrong: the first three want a person at once, drift wants a look. */
  readonly kind: "memory" | "index" | "answers" | "recall" | "inputs" | "trust";
  readonly told: string;
}

/** One night's look at a memory. */
export interface AuditReport extends AuditFindings {
  readonly schema: "rhyme.audit/1";
  readonly tenant: string;
  /** When it was asked for. */
  readonly at: string;
  readonly seed: number;
  readonly alarms: readonly Alarm[];
  /** All of it in words. */
  readonly sentence: string;
}

/** Written beside a report where something is wrong. */
export interface AlertRecord {
  readonly schema: "rhyme.alert/1";
  readonly tenant: string;
  readonly at: string;
  readonly alarms: readonly Alarm[];
  readonly sentence: string;
}

const SHOWN = 20;

/** The report of what was found; lists are cut at twenty entries. */
export function auditReport(
  findings: AuditFindings,
  of: { readonly tenant: string; readonly at: string; readonly seed: number },
): AuditReport {
  const alarms = alarmsOf(findings);
  const { answers } = findings;
  return {
    schema: "rhyme.audit/1",
    ...of,
    ...findings,
    memory: shown(findings.memory),
    answers: {
      ...answers,
      explained: answers.explained.slice(0, SHOWN),
      broken: answers.broken.slice(0, SHOWN),
    },
    alarms,
    sentence: sentenceOf(findings, alarms),
  };
}

export function alertOf({ tenant, at, alarms, sentence }: AuditReport): AlertRecord | null {
  return alarms.length === 0 ? null : { schema: "rhyme.alert/1", tenant, at, alarms, sentence };
}

function alarmsOf({ memory, index, answers, inputs, trust }: AuditFindings): readonly Alarm[] {
  return [
    ...problems("memory", "the memory", memory),
    ...indexAlarms(index),
    ...(answers.broken.length === 0
      ? []
      : [
          {
            kind: "answers",
            told: `${answers.broken.length} of ${answers.asked} stored answers are not what is answered as of then: ${answers.broken[0]!.id} (${answers.broken[0]!.parts.join(", ")})`,
          } as const,
        ]),
    ...inputs.flatMap(inputAlarms),
    ...trustAlarms(trust),
  ];
}

function problems(
  kind: "memory" | "index",
  what: string,
  { problems: found }: VerifyReport,
): readonly Alarm[] {
  if (found.length === 0) return [];
  const { place, expected, received } = found[0]!;
  return [
    { kind, told: `${what} has ${found.length} problems: ${place}, expected ${expected}, got ${received}` },
  ];
}

function indexAlarms(index: AuditFindings["index"]): readonly Alarm[] {
  if (index === null) return [];
  if (typeof index === "string") return [{ kind: "index", told: `the index cannot be used: ${index}` }];
  return index.flatMap(({ encoder, verified, recall }) => [
    ...problems("index", `the index of ${encoder}`, verified),
    ...(recall === null ? [] : recallAlarms(encoder, recall)),
  ]);
}

function recallAlarms(encoder: string, { graph, oneByOne }: IndexRecall): readonly Alarm[] {
  return [graph, oneByOne]
    .filter(({ questions, recall }) => questions > 0 && recall < GATE_MARGINS.recall)
    .map(({ questions, recall }) => ({
      kind: "recall",
      told: `the index of ${encoder} finds ${recall.toFixed(4)} of the nearest over ${questions} questions, at least ${GATE_MARGINS.recall} wanted`,
    }));
}

function inputAlarms({ symbol, timeframe, drift }: SeriesDrift): readonly Alarm[] {
  const drifted = drift?.features.filter((feature) => feature.drifted) ?? [];
  if (drifted.length === 0) return [];
  const { name, psi, usual } = drifted.reduce((a, b) => (b.psi > a.psi ? b : a));
  const beside = usual === null ? "" : `, usual is up to ${usual.toFixed(2)}`;
  return [
    {
      kind: "inputs",
      told: `${drifted.length} inputs of ${symbol} ${timeframe} lie elsewhere than when its encoder was fitted: ${name} by a PSI of ${psi.toFixed(2)}${beside}`,
    },
  ];
}

/** All tests of a report share one chance of a false alarm. */
function trustAlarms(trust: readonly AnswerDrift[]): readonly Alarm[] {
  const tests = trust.flatMap(({ encoder, horizon, drift }) =>
    drift === null ? [] : shiftsOf(drift).map((shift) => ({ encoder, horizon, ...shift })),
  );
  const bound = DRIFT_ALPHA / Math.max(1, tests.length);
  return tests
    .filter(({ p }) => p !== null && p < bound)
    .map(({ encoder, horizon, name, before, newest, p }) => ({
      kind: "trust",
      told: `${name} for ${horizon} through ${encoder}: ${newest.toFixed(3)} of late, ${before.toFixed(3)} before (p = ${p!.toExponential(1)})`,
    }));
}

function sentenceOf(
  { memory, index, answers, inputs, trust }: AuditFindings,
  alarms: readonly Alarm[],
): string {
  const looked = [
    `${memory.checked} rows checked`,
    ...(Array.isArray(index) ? [`${index.length} encoders of the index compared with the memory`] : []),
    `${answers.asked} of ${answers.stored} stored answers asked again, ${answers.same} with the same bytes` +
      (answers.explained.length > 0 ? `, ${answers.explained.length} different and accounted for` : ""),
    `inputs of ${inputs.filter(({ drift }) => drift !== null).length} of ${inputs.length} series and answers of ` +
      `${trust.filter(({ drift }) => drift !== null).length} of ${trust.length} horizons compared with earlier ones`,
  ].join("; ");
  if (alarms.length === 0) return `Nothing is wrong: ${looked}.`;
  return `${alarms.length} ${alarms.length === 1 ? "thing wants" : "things want"} a look (${alarms.map(({ told }) => told).join("; ")}). ${looked}.`;
}

function shown({ checked, problems: found }: VerifyReport): VerifyReport {
  return { checked, problems: found.slice(0, SHOWN) };
}
