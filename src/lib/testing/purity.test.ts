import { describe, expect, it } from "vitest";
import { fileURLToPath } from "node:url";
import { againstTheArrow, impurities, isTest, sourcesOf, tooLong } from "./source-rules.ts";

const SRC = fileURLToPath(new URL("../../", import.meta.url));
const all = sourcesOf(SRC);
const library = sourcesOf(`${SRC}/lib`);

describe("the sources of src/lib", () => {
  it("touch clock, chance, environment, files and network only in adapters", () => {
    expect(impurities(library)).toEqual([]);
  });

  it("import one way along the arrow", () => {
    expect(againstTheArrow(library)).toEqual([]);
  });
});

describe("the sources of src", () => {
  it("hold one concept per file: at most 250 lines outside tests", () => {
    expect(tooLong(all)).toEqual([]);
  });

  it("hold no narrowed or switched-off test", () => {
    const narrowed = all.filter(
      ({ path, text }) => isTest(path) && /\b(it|test|describe)\.(only|skip|todo|fails)\(/.test(text),
    );
    expect(narrowed.map(({ path }) => path)).toEqual([]);
  });
});

describe("the rules", () => {
  const at = (path: string, text: string) => [{ path, text }];

  it("see every way out of purity, and leave comments and adapters alone", () => {
    const bad = [
      'import { join } from "node:path";',
      "const t = Date.now();",
      "new Date()",
      "process.env",
      "Math.random()",
    ];
    expect(impurities(at("time/x.ts", bad.join("\n")))).toHaveLength(bad.length);
    expect(impurities(at("time/x.ts", "// Date.now()\n/* Math.random() */\nnew Date(t)"))).toEqual([]);
    expect(impurities(at("adapters/x.ts", bad.join("\n")))).toEqual([]);
    expect(impurities(at("time/x.test.ts", bad.join("\n")))).toEqual([]);
  });

  it("see an import against the arrow, over several lines and as types", () => {
    expect(againstTheArrow(at("graph/x.ts", 'import {\n  a,\n} from "../encoder/e.ts";'))).toHaveLength(1);
    expect(againstTheArrow(at("graph/x.ts", 'import type { A } from "../encoder/e.ts";'))).toHaveLength(1);
    expect(againstTheArrow(at("graph/deep/x.ts", 'import { a } from "../../cli/e.ts";'))).toHaveLength(1);
    expect(againstTheArrow(at("graph/x.ts", 'import { a } from "../../cli/e.ts";'))).toHaveLength(1);
    expect(againstTheArrow(at("graph/x.ts", 'import { a } from "../candles/c.ts";'))).toEqual([]);
    expect(
      againstTheArrow(at("graph/x.ts", 'import { R } from "../errors.ts";\nimport { b } from "./y.ts";')),
    ).toEqual([]);
    expect(againstTheArrow(at("recall/x.ts", 'import type { R } from "../evaluation/r.ts";'))).toEqual([]);
    expect(againstTheArrow(at("recall/x.ts", 'import { R } from "../evaluation/r.ts";'))).toHaveLength(1);
  });
});
