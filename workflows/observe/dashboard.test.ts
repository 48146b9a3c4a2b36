import { readFileSync } from "node:fs";
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

it("every panel of the dashboard says what to make of it", () => {
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
  for (const { title, description } of panels) expect(`${title}: ${description}`).toMatch(/^.{5,}: .{15,}$/);
});
