import { cpSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openMemoryFolder } from "../../lib/adapters/sqlite/open-memory.ts";
import { PAGE_SIZE } from "../../lib/adapters/sqlite/schema.ts";
import { RhymeError } from "../../lib/errors.ts";
import { createRng, type Rng } from "../../lib/math/rng.ts";
import { temporaryFolder } from "../../lib/testing/temporary-folder.ts";
import { askFolder } from "../ask-memory.ts";
import { rememberSmall, smallMemory } from "./small-memory.ts";

const QUESTIONS = [undefined, "2023-07-04T18:00Z"];

/** What a damage does to the page that begins at byte `at`. */
type Damage = (bytes: Buffer, at: number, rng: Rng, like: (at: number) => number) => void;

const DAMAGES: Readonly<Record<string, Damage>> = {
  "a bit": (bytes, at, rng) => (bytes[at + rng.int(PAGE_SIZE)]! ^= 1 << rng.int(8)),
  "another bit": (bytes, at, rng) => (bytes[at + rng.int(PAGE_SIZE)]! ^= 1 << rng.int(8)),
  "a bit of its head": (bytes, at, rng) => (bytes[at + rng.int(64)]! ^= 1 << rng.int(8)),
  "a sector of zeros": (bytes, at, rng) => {
    const from = at + 512 * rng.int(PAGE_SIZE / 512);
    bytes.fill(0, from, from + 512);
  },
  "all zeros": (bytes, at) => bytes.fill(0, at, at + PAGE_SIZE),
  noise: (bytes, at, rng) => {
    for (let i = 0; i < PAGE_SIZE; i++) bytes[at + i] = rng.int(256);
  },
  "a copy of another page of its kind": (bytes, at, _rng, like) => {
    const from = like(at);
    bytes.copyWithin(at, from, from + PAGE_SIZE);
  },
  "an exchange with another page of its kind": (bytes, at, _rng, like) => {
    const other = like(at);
    const page = Buffer.from(bytes.subarray(at, at + PAGE_SIZE));
    bytes.copyWithin(at, other, other + PAGE_SIZE);
    bytes.set(page, other);
  },
};

describe("a memory with a damaged page", () => {
  const at = temporaryFolder();
  const memory = join(at.path, "m");
  const file = join(memory, "rhyme.sqlite");
  let whole: Buffer;
  let kinds: readonly string[]; // by page, from 0
  let answers: string;

  beforeAll(async () => {
    const made = join(at.path, "made");
    await rememberSmall(await smallMemory(at.path), made);
    cpSync(made, memory, { recursive: true });
    whole = readFileSync(file);
    kinds = kindsOfPages();
    answers = await asked();
  });
  afterAll(() => at.remove());

  const kindsOfPages = (): readonly string[] => {
    const db = new DatabaseSync(file, { readOnly: true });
    const of = new Map(
      db
        .prepare("SELECT pageno, name || ' ' || pagetype AS kind FROM dbstat")
        .all()
        .map((row) => [row["pageno"], String(row["kind"])]),
    );
    db.close();
    return Array.from({ length: whole.length / PAGE_SIZE }, (_, page) => of.get(page + 1) ?? "free");
  };

  const asked = async (): Promise<string> => {
    const folder = openMemoryFolder(memory, { mode: "read" });
    try {
      const question = { memory, tenant: "default", symbol: "S", horizon: "1h", k: 5, among: "all" as const };
      const said: unknown[] = [];
      for (const time of QUESTIONS) said.push((await askFolder(folder, { ...question, at: time })).answer);
      return JSON.stringify(said);
    } finally {
      folder.close();
    }
  };

  /** "same" where the answers are those of the whole memory, "refused" where the store says that it is damaged. */
  const outcome = async (about: string): Promise<"same" | "refused"> => {
    try {
      expect(await asked(), `a wrong answer from ${about}`).toBe(answers);
      return "same";
    } catch (error) {
      if (!(error instanceof RhymeError)) throw error;
      expect(error.kind, `${about}: ${error.message}`).toBe("store");
      expect(error.fields.place, about).toContain(memory);
      return "refused";
    }
  };

  it("says so or answers as before, whatever happened to whichever page: never a wrong answer, never a crash", async () => {
    const rng = createRng(11);
    const like = (page: number): number => {
      const others = kinds.flatMap((kind, p) => (kind === kinds[page] && p !== page ? [p] : []));
      return others.length > 0 ? others[rng.int(others.length)]! : rng.int(kinds.length);
    };
    const count = { same: 0, refused: 0 };
    for (const [page, kind] of kinds.entries())
      for (const [what, damage] of Object.entries(DAMAGES)) {
        const bytes = Buffer.from(whole);
        damage(bytes, page * PAGE_SIZE, rng, (start) => like(start / PAGE_SIZE) * PAGE_SIZE);
        writeFileSync(file, bytes);
        count[await outcome(`page ${page + 1} (${kind}) with ${what}`)]++;
      }
    writeFileSync(file, whole);
    expect(count.same + count.refused).toBeGreaterThan(200);
    expect(count.refused).toBeGreaterThan(count.same / 2);
    expect(await asked()).toBe(answers);
  }, 300_000);

  it("says which file of an encoder is damaged, and answers from none", async () => {
    const [version] = readdirSync(join(memory, "encoders"));
    const rng = createRng(12);
    for (const name of readdirSync(join(memory, "encoders", version!))) {
      const path = join(memory, "encoders", version!, name);
      const before = readFileSync(path);
      for (let round = 0; round < 10; round++) {
        const bytes = Buffer.from(before);
        bytes[rng.int(bytes.length)]! ^= 1 << rng.int(8);
        writeFileSync(path, round === 0 ? before.subarray(0, before.length / 2) : bytes);
        await expect(asked(), name).rejects.toThrow(new RegExp(`${name}.*SHA-256`));
      }
      writeFileSync(path, before);
    }
    expect(await asked()).toBe(answers);
  });
});
