import { auditReport, type AuditFindings, type IndexAudit } from "../../src/lib/adapters/folder/audit/audit-report.ts"; // prettier-ignore
import { writeAudit, type AuditFiles } from "../../src/lib/adapters/folder/audit/audit-files.ts";
import { answerDrifts, inputDrifts } from "../../src/lib/adapters/folder/audit/drift-of.ts";
import { replayAnswers } from "../../src/lib/adapters/folder/audit/replay-answers.ts";
import { readableHoldings } from "../../src/lib/adapters/folder/tenant-holdings.ts";
import { keyOf } from "../../src/lib/candles/candle-series.ts";
import { verifyWhole } from "../../src/lib/adapters/folder/verify-whole.ts";
import { recallOfIndex } from "../../src/lib/adapters/folder/versions/recall-of-index.ts";
import type { VersionIndex } from "../../src/lib/adapters/folder/versions/version-work.ts";
import type { MemoryFolder } from "../../src/lib/adapters/sqlite/open-memory.ts";
import type { SeriesHolding } from "../../src/lib/adapters/sqlite/summary.ts";
import { RhymeError } from "../../src/lib/errors.ts";
import type { VerifyReport } from "../../src/lib/memory/memory.ts";
import { isBehind } from "../../src/lib/memory/sync-index.ts";
import { verifyIndex } from "../../src/lib/memory/verify-index.ts";
import { iso } from "../../src/lib/time/units.ts";
import type { TaskTools } from "../compute/task.ts";
import { withIndex } from "../index-server.ts";
import { readJob, readJson, writeJson } from "../job-folder.ts";
import type { AuditJob, JobRef } from "../job.ts";
import { reading } from "../memory-access.ts";
import { workOf } from "../task-work.ts";
import { AUDIT_PARTS, type AuditPart } from "./plan.ts";

export interface AuditedPart {
  readonly part: AuditPart;
}

export interface Audited extends AuditFiles {
  readonly alarms: number;
  readonly sentence: string;
}

/** One part of an audit; one that was looked at before is left as it was found then. */
export async function auditPartOf(
  { part, ...ref }: JobRef & AuditedPart,
  tools: TaskTools,
): Promise<AuditedPart> {
  if (readJson(ref, nameOf(part)) === null)
    writeJson(ref, nameOf(part), { found: await lookAtOrSay(part, ref, tools) });
  return { part };
}

/** All of it as a report beside the memory, and an alert where something is wrong. */
export async function writeAuditOf(ref: JobRef): Promise<Audited> {
  const { tenant, now, seed } = jobOf(ref);
  const findings = Object.fromEntries(AUDIT_PARTS.map((part) => [part, foundOf(ref, part)]));
  const report = auditReport(findings as unknown as AuditFindings, { tenant, at: iso(now), seed });
  const files = writeAudit(ref.memory, report);
  return { ...files, alarms: report.alarms.length, sentence: report.sentence.slice(0, 2_000) };
}

/** What stands on damaged rows cannot be looked at, and no retry mends it; a memory that is away comes back. */
async function lookAtOrSay(
  part: AuditPart,
  ref: JobRef,
  tools: TaskTools,
): Promise<AuditFindings[AuditPart]> {
  try {
    return await lookAt(part, ref, tools);
  } catch (error) {
    tools.signal.throwIfAborted();
    const damaged = part !== "memory" && (foundOf(ref, "memory") as VerifyReport).problems.length > 0;
    if (!(error instanceof RhymeError) || (error.kind === "store" && !damaged)) throw error;
    return error.message;
  }
}

async function lookAt(part: AuditPart, ref: JobRef, tools: TaskTools): Promise<AuditFindings[AuditPart]> {
  const { tenant, full, answers, seed, now, index, questions } = jobOf(ref);
  const work = workOf(tools);
  return reading<AuditFindings[AuditPart]>(ref.memory, async (folder) => {
    const held = readableHoldings(folder, { tenant });
    switch (part) {
      case "memory":
        return verifyWhole(folder, full, work);
      case "answers":
        return replayAnswers(folder, { tenant, sample: answers, seed }, work);
      case "inputs":
        return inputDrifts(folder, held, now, work);
      case "trust":
        return answerDrifts(folder, tenant, held, now, work);
      case "index":
        return index === null ? null : lookAtIndex(folder, { tenant, held, index, questions }, tools);
    }
  });
}

interface IndexWish {
  readonly tenant: string;
  readonly held: readonly SeriesHolding[];
  readonly index: string;
  readonly questions: number;
}

/** A server that cannot be used is a finding, not a failure. */
async function lookAtIndex(
  folder: MemoryFolder,
  wish: IndexWish,
  tools: TaskTools,
): Promise<readonly IndexAudit[] | string> {
  try {
    return await withIndex(wish.index, tools.signal, async (server) => {
      const found: IndexAudit[] = [];
      for (const encoder of new Set(wish.held.map((one) => one.encoder))) {
        const held = wish.held.filter((one) => one.encoder === encoder);
        found.push(await indexAudit(folder, wish, held, server!, tools));
      }
      return found;
    });
  } catch (error) {
    tools.signal.throwIfAborted();
    if (!(error instanceof RhymeError)) throw error;
    return error.message;
  }
}

async function indexAudit(
  folder: MemoryFolder,
  { tenant, questions }: IndexWish,
  held: readonly SeriesHolding[],
  server: VersionIndex,
  tools: TaskTools,
): Promise<IndexAudit> {
  const { signal } = tools;
  const [version, dim] = [held[0]!.encoder, held[0]!.dim];
  const source = folder.patternSource(tenant, { version, dim });
  const index = server.server.tenant(tenant).patterns({ encoderVersion: version, dim });
  const verified = await verifyIndex(source, index, { signal });
  const behind = verified.problems.length > 0 || (await isBehind(source, index));
  const horizons = [...new Set(held.flatMap(({ contexts }) => Object.keys(contexts)))];
  const of = { tenant, encoder: { version, dim }, series: held.map(keyOf), horizons };
  const recall = behind ? null : await recallOfIndex(folder, of, server, { ...workOf(tools), questions });
  return { encoder: version, verified, recall };
}

function jobOf(ref: JobRef): AuditJob {
  return readJob<AuditJob>(ref, "audit");
}

function nameOf(part: AuditPart): string {
  return `${part}.json`;
}

function foundOf(ref: JobRef, part: AuditPart): unknown {
  const kept = readJson(ref, nameOf(part)) as { readonly found: unknown } | null;
  if (kept) return kept.found;
  throw new RhymeError("store", {
    place: `job ${ref.job}, ${part}`,
    expected: "what was found there",
    received: "nothing",
    remedy: "Start the same audit again.",
  });
}
