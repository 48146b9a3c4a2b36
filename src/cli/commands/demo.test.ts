import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { answerSchema, type Answer } from "../../lib/recall/answer.ts";
import { temporaryFolder } from "../../lib/testing/temporary-folder.ts";

const MAIN = fileURLToPath(new URL("../main.ts", import.meta.url));
const at = temporaryFolder();
afterAll(() => at.remove());

function demo(): Answer {
  const flags = ["--conditions=lab-source", "--disable-warning=ExperimentalWarning"];
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [...flags, MAIN, "demo", "--json", "--quiet"],
    {
      encoding: "utf8",
      cwd: at.path,
      env: { ...process.env, XDG_CACHE_HOME: at.path },
    },
  );
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  return answerSchema.parse((JSON.parse(stdout) as { answer: unknown }).answer);
}

describe("the demo", () => {
  it("answers from real candles with a calibrated range and a record that ends before the question, twice the same", () => {
    const answer = demo();
    expect(answer.abstained).toBe(false);
    expect(answer.encoder.knownAt).toBe("2009-12-31T21:00:00Z");
    expect(answer.question.anchor > answer.encoder.knownAt).toBe(true);
    expect(answer.distribution!.return.calibrated).toBe(true);
    expect(answer.trust!.answers).toBeGreaterThan(300);
    expect(answer.trust!.to < answer.question.asOf).toBe(true);
    expect(answer.neighbours.every((n) => n.matureAt <= answer.question.asOf)).toBe(true);
    expect(demo()).toEqual(answer);
  });

  it("writes one page that asks nobody for anything", () => {
    const page = readFileSync(path.join(at.path, "rhyme-demo.html"), "utf8");
    expect(page).toContain("What rhymes with 16 March 2020 in the S&#38;P 500?");
    expect(page).not.toMatch(/<(script|link|img)[^>]+(src|href)="?https?:/);
  });
});
