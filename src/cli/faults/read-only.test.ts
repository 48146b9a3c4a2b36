import { spawnSync } from "node:child_process";
import { chmodSync, chownSync, cpSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openMemoryFolder } from "../../lib/adapters/sqlite/open-memory.ts";
import { temporaryFolder } from "../../lib/testing/temporary-folder.ts";
import { mayMount, mount, unmount } from "./mounting.ts";
import { commandLine, rhyme, type Ended, type RunOptions } from "./run-rhyme.ts";
import { rememberSmall, smallMemory, type SmallMemory } from "./small-memory.ts";

const NOBODY = 65_534;
/** To root nothing is read-only, so root runs the commands as nobody. */
const asNobody: RunOptions = process.getuid?.() === 0 ? { uid: NOBODY } : {};
/** Nobody may not look into a home folder in which this checkout, or Node, may lie. */
const cannotStart =
  spawnSync(process.execPath, commandLine(["--help"]).slice(1), { ...asNobody }).status !== 0;
const noMount = !mayMount();

describe("a memory that may be read only", () => {
  const at = temporaryFolder();
  const memory = join(at.path, "m");
  let small: SmallMemory;
  let answer: unknown;
  beforeAll(async () => {
    small = await smallMemory(at.path);
    await rememberSmall(small, memory);
    chmodSync(at.path, 0o755);
    for (const name of readdirSync(at.path, { recursive: true }).map(String))
      chmodSync(join(at.path, name), name.endsWith(".csv") || /\.\w+$/.test(name) ? 0o644 : 0o755);
    const { stdout } = await rhyme(ask(copyOf("untouched")));
    answer = JSON.parse(stdout);
  });
  afterAll(() => at.remove());

  const ask = (from: string): readonly string[] => [
    "ask",
    "--memory",
    from,
    "--symbol",
    "S",
    "--horizon",
    "1h",
    "--json",
  ];
  const remember = (into: string): readonly string[] => [
    "remember",
    small.file,
    ...small.args,
    "--memory",
    into,
  ];
  const copyOf = (name: string): string => {
    const path = join(at.path, name);
    cpSync(memory, path, { recursive: true });
    return path;
  };
  const readOnly = (path: string): void => {
    for (const name of ["rhyme.sqlite", "rhyme.lock"]) chmodSync(join(path, name), 0o444);
    chmodSync(path, 0o555);
  };

  const answers = ({ code, stdout, stderr }: Ended): void => {
    expect(code, stderr).toBe(0);
    expect(JSON.parse(stdout)).toEqual(answer);
    expect(stderr).toMatch(/not kept in the prediction log: /);
  };
  const refuses = ({ code, stdout, stderr }: Ended): void => {
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(/a folder that may be written to\n.*a read-only one/);
    expect(stderr).toMatch(/writable/);
  };

  it.skipIf(cannotStart)(
    "is asked without a trace, and refused to whoever wants to write there",
    async () => {
      const path = copyOf("plain");
      readOnly(path);
      const before = readdirSync(path);
      answers(await rhyme(ask(path), asNobody));
      refuses(await rhyme(remember(path), asNobody));
      expect(readdirSync(path)).toEqual(before);
      chmodSync(path, 0o755);
    },
  );

  it.skipIf(noMount)(
    "is asked and refused on a read-only disk too, root or not (needs mounting)",
    async () => {
      const source = copyOf("source");
      const path = join(at.path, "bound");
      cpSync(source, path, { recursive: true });
      expect(mount("--bind", source, path) && mount("-o", "remount,bind,ro", path)).toBe(true);
      try {
        answers(await rhyme(ask(path)));
        refuses(await rhyme(remember(path)));
      } finally {
        unmount(path);
      }
    },
  );

  it.skipIf(cannotStart)("is asked while its owner writes, who keeps its journal there", async () => {
    const path = copyOf("busy");
    const owner = openMemoryFolder(path, { mode: "write" });
    try {
      expect(readdirSync(path)).toContain("rhyme.sqlite-wal");
      answers(await rhyme(ask(path), asNobody));
    } finally {
      owner.close();
    }
  });

  it.skipIf(cannotStart)(
    "whose last writer was killed answers from what was committed, or says how it can",
    async () => {
      for (const keepIndex of [true, false]) {
        const path = copyOf(`killed-${keepIndex}`);
        leaveJournal(path, keepIndex);
        readOnly(path);
        const { code, stdout, stderr } = await rhyme(ask(path), asNobody);
        if (code === 0) expect(JSON.parse(stdout)).toEqual(answer);
        else expect(stderr).toMatch(/Run any command on it once as a user who may write there/);
        expect(code === 0 || !keepIndex).toBe(true);
        chmodSync(path, 0o755);
        expect(await rhyme(ask(path))).toMatchObject({ code: 0 });
      }
    },
  );

  it("is not read on when somebody else wrote to it meanwhile", () => {
    const path = copyOf("changing");
    readOnly(path);
    const folder = asUser(() => openMemoryFolder(path, { mode: "read" }));
    expect(folder.candles.list()).toHaveLength(1);
    chmodSync(path, 0o755);
    chmodSync(join(path, "rhyme.sqlite"), 0o644);
    chmodSync(join(path, "rhyme.lock"), 0o644);
    const writer = openMemoryFolder(path, { mode: "write" });
    writer.records.put(
      { tenant: "t", series: folder.candles.list()[0]!, encoderVersion: "v", horizon: "1h" },
      "{}",
    );
    writer.close();
    expect(() => folder.candles.list()).toThrow(/written to.*Open it again/);
    folder.close();
  });

  const asUser = <T>(work: () => T): T => {
    if (process.getuid?.() !== 0) return work();
    process.seteuid!(NOBODY);
    try {
      return work();
    } finally {
      process.seteuid!(0);
    }
  };

  /** As a killed writer leaves it: commits in the journal that the store does not have yet. */
  const leaveJournal = (path: string, keepIndex: boolean): void => {
    const [db, keeper] = [0, 1].map(() => new DatabaseSync(join(path, "rhyme.sqlite")));
    db!.exec("PRAGMA journal_mode = WAL; CREATE TABLE t (x); DROP TABLE t");
    const scratch = join(at.path, `scratch-${keepIndex}`);
    cpSync(path, scratch, { recursive: true });
    db!.close();
    keeper!.close();
    for (const end of keepIndex ? ["", "-wal", "-shm"] : ["", "-wal"])
      cpSync(join(scratch, `rhyme.sqlite${end}`), join(path, `rhyme.sqlite${end}`));
    for (const name of readdirSync(path)) if (asNobody.uid) chownSync(join(path, name), 0, 0);
  };
});
