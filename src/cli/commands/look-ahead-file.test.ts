import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import type { LookAheadReport } from "../../lib/evaluation/look-ahead/user/report.ts";
import { needs } from "../../lib/testing/require.ts";
import { runRhyme } from "../../lib/testing/run-rhyme.ts";
import { temporaryFolder } from "../../lib/testing/temporary-folder.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const WALK = join(ROOT, "docs/look-ahead/WALK-5m.csv.gz");
const folder = temporaryFolder();
afterAll(() => folder.remove());
const data = needs("data");

const write = (name: string, text: string): string => {
  const path = join(folder.path, name);
  writeFileSync(path, text);
  return path;
};

describe("docs/look-ahead.md", () => {
  const text = readFileSync(join(ROOT, "docs/look-ahead.md"), "utf8");
  const shown = [...text.matchAll(/```sh\n\.\/rhyme (look-ahead docs\S+ .*)\n```\n\n```text\n([^]*?)```/g)];

  it("shows three examples", () => {
    expect(shown).toHaveLength(3);
  });

  it.each(shown.map(([, command, output]) => [command!, output!]))(
    "prints what is shown: %s",
    (command, output) => {
      const { code, stdout } = runRhyme(ROOT, ...command.split(" "));
      expect(stdout.trimEnd()).toBe(output.trimEnd());
      expect(code).toBe(/clean-feature/.test(command) ? 0 : 1);
    },
  );
});

describe("./rhyme look-ahead FILE", () => {
  const feature = write("feature.ts", `
    import { computeFeature, wilderAtr, type CandlesByTimeframe } from "rhyme"; // from a file outside of the project
    export const sound = (c: CandlesByTimeframe) => computeFeature(wilderAtr(), c, "5m");
    export const leaky = (c: CandlesByTimeframe) => ({ next: c["5m"].close.map((_, i, all) => all[i + 1] ?? NaN) });`); // prettier-ignore
  const check = (...args: string[]) =>
    runRhyme(folder.path, "look-ahead", feature, ...args, "--instants", "10", "--json");

  it("prints one document, and exits 1 unless all is clean", () => {
    const { code, stdout } = check("--candles", WALK, "--timeframes", "5m,1h");
    const report = JSON.parse(stdout) as LookAheadReport;
    expect([code, report.schema, report.clean]).toEqual([1, "rhyme.look-ahead/1", false]);
    const [leaky, sound] = report.functions;
    expect(leaky!.columns).toMatchObject([
      {
        column: "next",
        verdict: "leak",
        leak: { aheadBars: 1, asKnown: null, offender: { timeframe: "5m" } },
      },
    ]);
    expect(sound!.columns).toMatchObject([
      { column: "atr14", verdict: "clean", leak: null, warmUp: { first: 14, dependsOnStart: "fades" } },
    ]);
    const again = check("--candles", WALK, "--timeframes", "5m,1h", "--only", "sound");
    expect([again.code, (JSON.parse(again.stdout) as LookAheadReport).functions]).toEqual([0, [sound]]);
  });

  it.skipIf(data.skip)("finds it on real candles, on the timeframes that are usual", () => {
    const candles = join(process.env["RHYME_DATA"]!, "crypto/ETHUSDT.P-5m.csv.gz");
    const { functions, candles: about } = JSON.parse(
      check("--candles", candles, "--only", "leaky").stdout,
    ) as LookAheadReport;
    expect(about.timeframes).toEqual(["5m", "15m", "30m", "1h", "4h", "1d"]);
    expect(functions.map(({ columns }) => columns[0]!.verdict)).toEqual(["leak"]);
  });

  it.each([
    ["without candles", [], /--candles/],
    ["with --all", ["--all", "--candles", WALK], /both/],
    ["with a function that is not there", ["--candles", WALK, "--only", "nobody"], /leaky, sound/],
    ["with a timeout that is no time", ["--candles", WALK, "--timeout", "soon"], /--timeout/],
    ["with candles that are not there", ["--candles", "nowhere.csv"], /nowhere\.csv/],
    ["with timeframes finer than the candles", ["--candles", WALK, "--timeframes", "1m,1h"], /nothing finer/],
  ])("is refused %s", (_how, args, message) => {
    const { code, stderr } = check(...args);
    expect([code, stderr]).toEqual([2, expect.stringMatching(message)]);
  });
});
