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

/** All that was looked at; a text says why a part could not be, which is a finding itself. */
export interface AuditFindings {
  readonly memory: VerifyReport;
  /** Null where no index stands beside the memory; a text where it could not be used. */
  readonly index: readonly IndexAudit[] | string | null;
  readonly answers: AnswerReplay | string;
  readonly inputs: readonly SeriesDrift[] | string;
  readonly trust: readonly AnswerDrift[] | string;
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
    answers:
      typeof answers === "string"
        ? answers
        : {
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
    ...(index === null ? [] : orUnseen("index", "the index", index, (found) => found.flatMap(indexAlarms))),
    ...orUnseen("answers", "stored answers", answers, answerAlarms),
    ...orUnseen("inputs", "inputs", inputs, (found) => found.flatMap(inputAlarms)),
    ...orUnseen("trust", "past answers", trust, trustAlarms),
  ];
}

function orUnseen<T extends object>(
  kind: Alarm["kind"],
  what: string,
  found: T | string,
  alarms: (found: T) => readonly Alarm[],
): readonly Alarm[] {
  return typeof found === "string"
    ? [{ kind, told: `${what} could not be looked at: ${found}` }]
    : alarms(found);
}

function answerAlarms({ asked, broken }: AnswerReplay): readonly Alarm[] {
  if (broken.length === 0) return [];
  const { id, parts } = broken[0]!;
  const first = `${id} (${parts.join(", ")})`;
  return [
    {
      kind: "answers",
      told: `${broken.length} of ${asked} stored answers are not what is answered as of then: ${first}`,
    },
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

function indexAlarms({ encoder, verified, recall }: IndexAudit): readonly Alarm[] {
  return [
    ...problems("index", `the index of ${encoder}`, verified),
    ...(recall === null ? [] : recallAlarms(encoder, recall)),
  ];
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

function sentenceOf(findings: AuditFindings, alarms: readonly Alarm[]): string {
  const looked = `${lookedAt(findings).join("; ")}.`;
  if (alarms.length === 0) return `Nothing is wrong: ${looked}`;
  const wants = alarms.length === 1 ? "1 thing wants a look" : `${alarms.length} things want a look`;
  return `${wants} (${alarms.map(({ told }) => told).join("; ")}). ${looked}`;
}

function lookedAt({ memory, index, answers, inputs, trust }: AuditFindings): readonly string[] {
  const accounted = typeof answers === "string" ? 0 : answers.explained.length;
  const some = (found: readonly { readonly drift: object | null }[]): string =>
    `${found.filter(({ drift }) => drift !== null).length} of ${found.length}`;
  return [
    `${memory.checked} rows checked`,
    ...(index === null || typeof index === "string"
      ? []
      : [`${index.length} encoders of the index compared with the memory`]),
    ...(typeof answers === "string"
      ? []
      : [
          `${answers.asked} of ${answers.stored} stored answers asked again, ${answers.same} with the same bytes` +
            (accounted > 0 ? `, ${accounted} different and accounted for` : ""),
        ]),
    ...(typeof inputs === "string"
      ? []
      : [`inputs of ${some(inputs)} series compared with those of the fitting`]),
    ...(typeof trust === "string" ? [] : [`answers for ${some(trust)} horizons compared with earlier ones`]),
  ];
}

function shown({ checked, problems: found }: VerifyReport): VerifyReport {
  return { checked, problems: found.slice(0, SHOWN) };
}
