import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { needs } from "../src/lib/testing/require.ts";
import { currentBuild } from "./deployment.ts";
import { temporalWorld, type TemporalWorld, type WorldWorkers } from "./testing/temporal-world.ts";

const temporal = needs("temporal");
const fileOf = (name: string): string => fileURLToPath(new URL(`./testing/${name}.ts`, import.meta.url));

let world: TemporalWorld;
beforeAll(async () => {
  if (!temporal.skip) world = await temporalWorld("deployment-tests");
});
afterAll(() => (temporal.skip ? undefined : world.close()));

/** A worker of a checkout comes and goes; its build. */
async function comes(name: string, options: Pick<WorldWorkers, "becomesCurrent"> = {}): Promise<string> {
  const at = { workflows: fileOf(name), queues: ["cpu"] as const, activities: () => ({}) };
  const workers = await world.workers({ ...at, ...options });
  await workers.end();
  return workers.buildId;
}

describe.skipIf(temporal.skip)("the build that new workflows begin on, on a real server", () => {
  it("is that of the newest checkout, whichever comes back, until it is said to be another", async () => {
    const old = await comes("small-workflows");
    expect(await currentBuild(world)).toBe(old);
    const newer = await comes("changed-workflows");
    expect(newer).not.toBe(old);
    expect(await currentBuild(world)).toBe(newer);
    await comes("small-workflows");
    expect(await currentBuild(world)).toBe(newer);
    await comes("small-workflows", { becomesCurrent: true });
    expect(await currentBuild(world)).toBe(old);
    await comes("changed-workflows", { becomesCurrent: false });
    expect(await currentBuild(world)).toBe(old);
  });
});
