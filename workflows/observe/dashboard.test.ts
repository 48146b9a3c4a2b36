import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { FIGURES } from "./worker-metrics.ts";

interface Panel {
  readonly id: number;
  readonly title: string;
  readonly description: string;
  readonly targets: readonly { readonly expr: string }[];
}

const file = new URL("./grafana/workflows.json", import.meta.url);
const { panels } = JSON.parse(readFileSync(file, "utf8")) as { readonly panels: readonly Panel[] };

/** What Prometheus calls a figure of ours: counters and distributions have endings of their own. */
function figureOf(metric: string): string {
  return metric.replace(/^rhyme_/, "").replace(/_(?:total|bucket)$/, "");
}

it("the dashboard asks for figures that workers show, and for every one of them", () => {
  const asked = panels.flatMap(({ targets }) =>
    targets.flatMap(({ expr }) => [...expr.matchAll(/\brhyme_\w+/g)].map(([metric]) => figureOf(metric))),
  );
  expect([...new Set(asked)].sort()).toEqual(Object.keys(FIGURES).sort());
});

it("workers count nothing that is not among the figures", () => {
  const folder = fileURLToPath(new URL("..", import.meta.url));
  const sources = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter(
    (name) => name.endsWith(".ts") && !/test|testing/.test(name),
  );
  const counted = sources.flatMap((name) =>
    [...readFileSync(join(folder, name), "utf8").matchAll(/\.(?:count|gauge|observe)\("(\w+)"/g)].map(
      ([, one]) => one!,
    ),
  );
  expect([...new Set(counted)].sort()).toEqual(Object.keys(FIGURES).sort());
});

it("every panel of the dashboard says what to make of it", () => {
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
  for (const { title, description } of panels) expect(`${title}: ${description}`).toMatch(/^.{5,}: .{15,}$/);
});
