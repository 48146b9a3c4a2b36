import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Caught } from "../../bench/workbench-record.ts";
import type { Ran } from "./first-plot.ts";
import type { Side } from "./sides.ts";

export interface Mistake {
  readonly what: string;
  readonly ts: string;
  readonly py: string;
}

export function mistakesToMake(): readonly Mistake[] {
  return JSON.parse(readFileSync(new URL("errors.json", import.meta.url), "utf8")) as Mistake[];
}

/** Each mistake in a cell of its own, after all tasks. */
export async function caught(side: Side, snippets: readonly string[], whole: Ran): Promise<Caught[]> {
  const found: Caught[] = [];
  for (const snippet of snippets) {
    const { status, outputs } = await whole.client.execute(`${side.loud}\n${snippet}`);
    const isRun = outputs.some((output) => output.output_type === "stream" && output.text.includes("it ran"));
    process.stderr.write(`${snippet.slice(0, 70)}\n`);
    found.push(!isRun ? "before it runs" : status === "ok" ? "never" : "while it runs");
  }
  return found;
}

/** What mypy, asked by hand about the whole notebook as a script, would have said; null where it is not there. */
export function caughtByMypy(
  python: string,
  side: Side,
  snippets: readonly string[],
  folder: string,
): boolean[] | null {
  const isWhole = (code: string): boolean => !code.includes('resample("1h"') || code.includes(")");
  let text = side.tasks.map(({ code }) => code).join("\n");
  const places = snippets.map((snippet, i) => {
    if (!isWhole(snippet)) return null; // would hide all others
    const body = snippet.startsWith("import") ? `${snippet}\n    return 0` : `return ${snippet}`;
    text += `\ndef mistake_${i}() -> object:\n    ${body}`;
    return [text.split("\n").length - 1, text.split("\n").length] as const;
  });
  const file = join(folder, "script.py");
  writeFileSync(file, `${text}\n`);
  const flags = ["--check-untyped-defs", "--follow-imports=silent", "--cache-dir", join(folder, "mypy")];
  const { status, stdout } = spawnSync(python, ["-m", "mypy", ...flags, file], { encoding: "utf8" });
  if (status === null || status > 1) return null;
  const lines = [...stdout.matchAll(/script\.py:(\d+): error/g)].map(([, line]) => Number(line));
  return places.map((place) => place === null || lines.some((line) => line >= place[0] && line <= place[1]));
}
