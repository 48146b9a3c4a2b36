import { readFileSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { temporaryFolder, type TemporaryFolder } from "../../lib/testing/temporary-folder.ts";
import { parseNotebook } from "./notebook-file.ts";
import { pairFrom, pairOf, pairState, type Pair, type Side } from "./pair-notebook.ts";

let at: TemporaryFolder;
beforeAll(() => void (at = temporaryFolder()));
afterAll(() => at.remove());

function write(pair: Pair, side: Side): void {
  const made = pairFrom(pair, side);
  writeFileSync(pair.ipynb, made.ipynb);
  writeFileSync(pair.twin, made.twin);
}

function made(name: string): Pair {
  const pair = pairOf(join(at.path, `${name}.ts`));
  writeFileSync(pair.twin, "// %%\nconst one = 1;\n");
  write(pair, "ts");
  return pair;
}

function edit(file: string, from: string, to: string, ms: number): void {
  writeFileSync(file, readFileSync(file, "utf8").replace(from, to));
  utimesSync(file, new Date(), new Date(Date.now() + ms));
}

describe("a pair", () => {
  it("that was edited on both sides is refused, unless the right one is named", () => {
    const pair = made("both");
    edit(pair.twin, "one = 1", "one = 2", 2000);
    edit(pair.ipynb, "one = 1", "one = 3", 4000);
    expect(pairState(pair)).toMatchObject({ isPaired: false, isTorn: true });
    expect(() => pairFrom(pair, null)).toThrow(/both.*--from/s);
    write(pair, "ts");
    expect(readFileSync(pair.ipynb, "utf8")).toContain("one = 2");
    expect(pairState(pair)).toMatchObject({ isPaired: true, isTorn: false });
  });

  it("follows the side that was edited, whatever the times of the files say", () => {
    const pair = made("times");
    edit(pair.twin, "one = 1", "one = 2", -60_000);
    expect(pairState(pair).newest).toBe("ts");
    expect(pairFrom(pair, null).ipynb).toContain("one = 2");
    edit(pair.twin, "one = 2", "one = 1", 0);
    edit(pair.ipynb, "one = 1", "one = 3", -60_000);
    expect(pairState(pair).newest).toBe("ipynb");
  });

  it("whose sides were edited alike is one", () => {
    const pair = made("alike");
    edit(pair.twin, "one = 1", "one = 2", 0);
    edit(pair.ipynb, "one = 1", "one = 2", 0);
    expect(pairState(pair)).toMatchObject({ isPaired: true, isTorn: false });
  });

  it("without a mark of an earlier pairing follows the newer file, as ever", () => {
    const pair = made("old");
    const bare = JSON.parse(readFileSync(pair.ipynb, "utf8")) as { metadata: { rhyme?: unknown } };
    delete bare.metadata.rhyme;
    writeFileSync(pair.ipynb, JSON.stringify(bare));
    edit(pair.twin, "one = 1", "one = 2", 2000);
    edit(pair.ipynb, "one = 1", "one = 3", 4000);
    expect(pairState(pair)).toMatchObject({ newest: "ipynb", isTorn: false });
  });
});

describe("a file that is no notebook", () => {
  it("is said to be cut short, with the line where it ends", () => {
    const whole = readFileSync(made("cut").ipynb, "utf8");
    const cut = whole.slice(0, whole.indexOf("one = 1"));
    expect(() => parseNotebook(cut, "cut.ipynb")).toThrow(
      new RegExp(`not JSON, line ${cut.split("\n").length}`),
    );
  });
});
