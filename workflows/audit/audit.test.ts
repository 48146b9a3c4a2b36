import { cpSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AuditReport } from "../../src/lib/adapters/folder/audit/audit-report.ts";
import type { SeriesKey } from "../../src/lib/candles/candle-series.ts";
import { openMemoryFolder } from "../../src/lib/adapters/sqlite/open-memory.ts";
import { sha256Hex } from "../../src/lib/math/hash.ts";
import type { Answer } from "../../src/lib/recall/answer.ts";
import { readRecord } from "../../src/lib/recall/read-record.ts";
import { recall } from "../../src/lib/recall/recall.ts";
import { temporaryFolder } from "../../src/lib/testing/temporary-folder.ts";
import { keepJob } from "../job-folder.ts";
import type { AuditJob } from "../job.ts";
import { auditLocally } from "../local-jobs.ts";
import { digestOf, HORIZON, NO_ONE, rememberedWorld, type RememberedWorld } from "../testing/remembered-world.ts"; // prettier-ignore

const NIGHT = Date.UTC(2022, 0, 5, 3);
const STEPS = ["auditPart", "auditPart", "auditPart", "auditPart", "auditPart", "writeAudit", "endAudit"];
const ANSWERS = 12;

/** Threads begin anew with every run. */
const LONG_MS = 240_000;

describe("a nightly audit", () => {
  const at = temporaryFolder();
  let world: RememberedWorld;
  let made = 0;
  const wanted: Omit<AuditJob, "now"> = {
    ...{ kind: "audit", tenant: "default", given: {}, calendars: [], index: null },
    ...{ full: true, answers: 8, questions: 20, seed: 1 },
  };

  beforeAll(async () => {
    world = await rememberedWorld(at.path, { rows: 400 });
    const folder = openMemoryFolder(world.memory, { mode: "write" });
    const memory = folder.memory("default", world.encoder);
    for (const key of world.keys) {
      const anchors = await memory.anchors(key);
      const place = {
        tenant: "default",
        series: key,
        encoderVersion: world.encoder.version,
        horizon: HORIZON,
      };
      const record = readRecord(folder.records.get(place)!);
      for (const anchor of anchors.slice(-ANSWERS / 2)) {
        const question = { tenant: "default", ...key, at: anchor, horizon: HORIZON, k: 5 };
        folder.answers.put(await recall(memory, { ...question, encoder: world.encoder }, record), NIGHT);
      }
    }
    folder.close();
  });
  afterAll(() => at.remove());

  const copy = (): string => {
    const memory = join(at.path, `memory-${made++}`);
    cpSync(world.memory, memory, { recursive: true });
    return memory;
  };
  const audit = async (
    memory: string,
    of: Partial<AuditJob> = {},
    signal = NO_ONE,
    onStep: (step: string) => void = () => {},
  ): Promise<AuditReport> => {
    const ref = keepJob<AuditJob>(memory, { ...wanted, ...of }, NIGHT);
    const { report } = await auditLocally(ref, { signal, threads: 1, onStep });
    return JSON.parse(readFileSync(report, "utf8")) as AuditReport;
  };
  /** Says something else in the name of one stored answer, as a broken memory would have it. */
  const rewrite = (memory: string, change: (answer: Answer) => Answer): string => {
    const db = new DatabaseSync(join(memory, "rhyme.sqlite"));
    const [id, text] = Object.values(db.prepare("SELECT id, answer FROM answers ORDER BY id LIMIT 1").get()!);
    const changed = JSON.stringify(change(JSON.parse(text as string) as Answer));
    db.prepare("UPDATE answers SET answer = ?, hash = ? WHERE id = ?").run(
      ...[changed, sha256Hex(Buffer.from(changed)), id!],
    );
    db.close();
    return id as string;
  };

  it("says that nothing is wrong where nothing is, beside what it looked at", async () => {
    const memory = copy();
    const before = digestOf(memory);
    const report = await audit(memory);
    expect(report).toMatchObject({
      schema: "rhyme.audit/1",
      at: "2022-01-05T03:00:00Z",
      alarms: [],
      index: null,
    });
    expect(report.answers).toEqual({ stored: ANSWERS, asked: 8, same: 8, explained: [], broken: [] });
    expect(report.memory.checked).toBeGreaterThan(2 * 400); // candles alone
    expect(report.inputs).toHaveLength(2);
    expect(report.trust).toMatchObject([{ horizon: HORIZON, encoder: world.encoder.version }]);
    expect(report.sentence).toMatch(
      /^Nothing is wrong: .*8 of 12 stored answers asked again, 8 with the same bytes/,
    );
    expect(existsSync(join(memory, "audits", "2022-01-05.alert.json"))).toBe(false);
    expect(digestOf(memory)).toEqual(before);
  });

  it("names a stored answer that is not what is answered as of then, and raises an alarm", async () => {
    const memory = copy();
    const id = rewrite(memory, (answer) => ({
      ...answer,
      effectiveSampleSize: answer.effectiveSampleSize + 1,
    }));
    const report = await audit(memory, { answers: ANSWERS });
    expect(report.answers).toMatchObject({
      same: ANSWERS - 1,
      broken: [{ id, parts: ["effectiveSampleSize"] }],
    });
    expect(report.alarms).toMatchObject([{ kind: "answers", told: expect.stringContaining(id) }]);
    const alert = JSON.parse(readFileSync(join(memory, "audits", "2022-01-05.alert.json"), "utf8")) as object;
    expect(alert).toEqual({
      ...{ schema: "rhyme.alert/1", tenant: "default", at: report.at },
      ...{ alarms: report.alarms, sentence: report.sentence },
    });
  });

  it("calls an outcome that has become known since no difference, nor a record that is new", async () => {
    const memory = copy();
    rewrite(memory, (answer) => ({ ...answer, happened: null }));
    expect((await audit(memory, { answers: ANSWERS })).answers).toMatchObject({ same: ANSWERS });
    const id = rewrite(memory, (answer) => ({ ...answer, trust: null }));
    const { answers } = await audit(memory, { answers: ANSWERS, seed: 2 });
    expect(answers).toMatchObject({ same: ANSWERS - 1, broken: [] });
    expect(answers).toMatchObject({ explained: [{ id, because: expect.stringContaining("record") }] });
  });

  it("takes no series that came later for a reason unless it answers, or its record asked it", async () => {
    const stranger = (memory: string, of: Partial<SeriesKey>): void => {
      const folder = openMemoryFolder(memory, { mode: "write" });
      const came = { ...world.keys[0]!, ...of, at: NIGHT + 1, command: "import", tenant: null } as const;
      folder.ingests.add({ ...came, files: [], options: {}, assumptions: [], findings: {}, repairs: {}, candles: {} }); // prettier-ignore
      folder.close();
    };
    const other = (answer: Answer): Answer => ({ ...answer, effectiveSampleSize: -1 });
    for (const [of, isReason] of [
      [{ symbol: "CCC" }, false], // nobody remembers it
      [{}, true],
    ] as const) {
      const memory = copy();
      rewrite(memory, other);
      stranger(memory, of);
      const { answers } = await audit(memory, { answers: ANSWERS });
      expect(answers).toMatchObject({ explained: { length: +isReason }, broken: { length: +!isReason } });
    }
  });

  it("names a damaged row, and takes the alert back once it is mended", async () => {
    const memory = copy();
    const damaged = (by: number): void => {
      const db = new DatabaseSync(join(memory, "rhyme.sqlite"));
      db.exec(
        `UPDATE candles SET close = close + ${by} WHERE open_time = (SELECT max(open_time) FROM candles)`,
      );
      db.close();
    };
    damaged(1);
    const report = await audit(memory);
    expect(report.alarms[0]).toMatchObject({ kind: "memory", told: expect.stringContaining("candle of") });
    expect(report.alarms.slice(1).every(({ told }) => told.includes("could not be looked at"))).toBe(true);
    expect(report.sentence).toMatch(/want.* a look/);
    damaged(-1);
    expect((await audit(memory)).alarms).toEqual([]);
    expect(existsSync(join(memory, "audits", "2022-01-05.alert.json"))).toBe(false);
  });

  it("takes an index that does not answer for a finding", async () => {
    const report = await audit(copy(), { index: "weaviate://127.0.0.1:1" });
    expect(report.alarms).toMatchObject([
      { kind: "index", told: expect.stringContaining("could not be looked at") },
    ]);
  });

  it(
    "ends with the same report however often it was ended, behind every step once",
    async () => {
      const [memory, disturbed] = [copy(), copy()];
      const whole = await audit(memory);
      for (const last of STEPS.keys()) {
        const stop = new AbortController();
        let seen = 0;
        const cut = (): void => {
          if (seen++ === last) stop.abort(new Error("power cut"));
        };
        const ended = audit(disturbed, {}, stop.signal, cut);
        if (last < STEPS.length - 1) await expect(ended).rejects.toThrow("power cut");
        else expect(await ended).toEqual(whole);
      }
    },
    LONG_MS,
  );

  it("asks no more than it is to", async () => {
    const memory = copy();
    const { answers } = await audit(memory, { answers: 3 });
    expect(answers).toMatchObject({ asked: 3, same: 3 });
    expect((await audit(memory, { answers: 3 })).answers).toEqual(answers);
  });
});
