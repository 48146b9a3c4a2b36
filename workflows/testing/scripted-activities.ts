import { Context } from "@temporalio/activity";
import { ApplicationFailure } from "@temporalio/common";
import type { AuditActivities } from "../audit/activities.ts";
import type { BackfillActivities, EncodeActivities } from "../backfill/activities.ts";
import type { IngestActivities } from "../ingest/activities.ts";
import type { JobActivities } from "../job-activities.ts";
import type { LabelActivities } from "../label/activities.ts";
import type { LiveActivities } from "../live/activities.ts";
import type { ReembedActivities } from "../reembed/activities.ts";
import type { ScheduleActivities } from "../schedules/activities.ts";
import type { FitActivities, TrainActivities } from "../train/activities.ts";
import type { Activities } from "../worker.ts";

/** What the activities of one workflow say, where they compute nothing. */
export interface Script {
  /** Series, segments or pages of a job. */
  readonly many: number;
  /** This one fails, and no retry puts it right; null: none does. */
  readonly fails: string | null;
  /** This one goes on until it is cancelled. */
  readonly waits: string | null;
}

type All = AuditActivities &
  (BackfillActivities & EncodeActivities & IngestActivities & JobActivities & LabelActivities) &
  (LiveActivities & ReembedActivities & ScheduleActivities & FitActivities & TrainActivities);

/** Activities that answer at once, after a script that is found by the id of their workflow. */
export function scriptedActivities(scriptOf: (workflowId: string) => Script): Activities {
  const entries = Object.entries(answers()).map(([name, answer]) => {
    const scripted = async (input: never): Promise<unknown> => {
      const { info, cancelled } = Context.current();
      const script = scriptOf(info.workflowExecution!.workflowId);
      if (script.fails === name) throw ApplicationFailure.nonRetryable("it was to fail", "input");
      if (script.waits === name) await beatUntil(cancelled);
      return (answer as (of: never, script: Script) => unknown)(input, script);
    };
    return [name, scripted] as const;
  });
  return Object.fromEntries(entries);
}

async function beatUntil(cancelled: Promise<never>): Promise<never> {
  const context = Context.current();
  const beat = setInterval(() => context.heartbeat(null), 200);
  try {
    return await cancelled;
  } finally {
    clearInterval(beat);
  }
}

type Answers = {
  readonly [Name in keyof All]: (
    input: Parameters<All[Name]>[0],
    script: Script,
  ) => Awaited<ReturnType<All[Name]>>;
};

const ENCODER = "sage2_64_0123456789abcdef";
const LATER = Date.UTC(2024, 0, 2);

function answers(): Answers {
  return { ...backfillAnswers(), ...labelAnswers(), ...versionAnswers(), ...liveAnswers() };
}

/** How many segments of a series were asked for; a workflow that runs its script again has none left. */
const segments = new Map<string, number>();

function backfillAnswers(): Pick<
  Answers,
  keyof (BackfillActivities & EncodeActivities & IngestActivities & JobActivities)
> {
  return {
    openJob: (_, { many }) => ({ series: many, horizons: ["4h"], hasIndex: true }),
    seriesName: ({ series }) => ({ symbol: `S${series}`, timeframe: "5m" }),
    noteFailed: () => undefined,
    endJob: ({ failed }) => ({
      failed: failed.length,
      failures: failed.map((series) => ({ symbol: `S${series}`, reason: "it was to fail" })),
    }),
    ingestSeries: ({ series }) => ({
      key: { source: "file", symbol: `S${series}`, timeframe: "5m" },
      ...{ added: 2_000, corrected: 0, unchanged: 0, findings: 1, missing: 3 },
    }),
    chooseEncoder: () => ({ encoder: ENCODER, why: "shipped with this version" }),
    encodeChunk: ({ job, series }, { many }) => {
      const place = `${job}/${series}`;
      const next = (segments.get(place) ?? 0) + 1;
      segments.set(place, next);
      if (next > many) return null;
      return { file: `segments/${series}/${next}.segment`, sha256: "0".repeat(64), patterns: 50_000 };
    },
    commitChunk: () => ({ written: 50_000, unchanged: 0 }),
    labelHorizon: () => ({ labelled: 1_900, revised: 0 }),
    growRecord: () => 517,
    mirrorIndex: () => ({}) as never,
  };
}

function labelAnswers(): Pick<Answers, keyof (LabelActivities & IngestActivities)> {
  return {
    ingestSeries: backfillAnswers().ingestSeries,
    labelTargets: ({ skip }, { many }) =>
      Array.from({ length: Math.max(0, Math.min(2, many - skip)) }, (_, i) => ({
        ...{ source: "file", symbol: `S${skip + i}`, timeframe: "5m", encoder: ENCODER, horizons: ["4h"] },
      })),
    labelDue: () => ({ labelled: 12, revised: 1 }),
  };
}

function versionAnswers(): Pick<
  Answers,
  keyof (TrainActivities & FitActivities & ReembedActivities & AuditActivities & ScheduleActivities)
> {
  const registered = {
    encoder: ENCODER,
    knownAt: "2024-01-02",
    validationLoss: 0.4,
    validationLossOfMean: 1,
  };
  return {
    openTrain: () => ({ trust: ["4h"] }),
    fitEncoder: () => ({ encoder: ENCODER, resumedAt: null }),
    registerEncoder: () => registered,
    trustEncoder: ({ horizon }) => ({
      horizon,
      answered: 500,
      sentence: "no better than a random neighbour",
    }),
    endTrain: ({ result }) => result,
    openReembed: () => ({ goal: "switch", hasIndex: true }),
    beginVersion: (_, { many }) => ({ series: many, from: null, to: ENCODER }),
    embedVersion: () => undefined,
    recordVersion: () => undefined,
    mirrorVersion: () => undefined,
    gateVersion: () => ({ passed: true, checks: 4, failed: [] }),
    switchVersion: () => undefined,
    leadAlias: () => "Alias",
    rollbackVersion: () => ENCODER,
    endReembed: ({ result }) => result,
    auditPart: ({ part }) => ({ part }),
    writeAudit: () => ({ report: "audits/2024-01-02.json", alarms: 0, sentence: "all is well" }) as never,
    endAudit: ({ result }) => result,
    dueJob: ({ memory }) => {
      const { workflowId } = Context.current().info.workflowExecution!;
      const args = [
        { memory, job: "0123456789abcdef" },
        { paused: false, window: 2 },
      ];
      return { type: "audit", id: `${workflowId}/audit`, args };
    },
    lookAll: () => 3,
  };
}

const ANSWERED = {
  ...{ through: LATER, answers: 1, abstained: 0, passedOver: 0, leftOut: 0 },
  ...{ waitsFor: 0, more: false },
};

function liveAnswers(): Pick<Answers, keyof LiveActivities> {
  return {
    openLive: () => ({
      ...{ symbol: "S0", timeframe: "5m", encoder: ENCODER, everyMs: 100, patienceMs: 0, hasIndex: true },
    }),
    look: () => ({
      ...{ added: 1, late: 0, trouble: null, anchors: 1, newest: LATER, encoder: ENCODER },
      answered: { ...ANSWERED, waitsFor: 1, more: true },
    }),
    answer: () => ANSWERED,
    show: () => ({ anchor: LATER, pValue: 0.4, anomalous: false, failure: null }),
  };
}
