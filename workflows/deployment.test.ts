import { expect, it } from "vitest";
import { keepCurrent, type Deployment } from "./deployment.ts";

/** What a server knows of the builds; it forgets when its database is deleted. */
function server(buildId: string) {
  const state = { current: buildId as string | null, asked: 0 };
  const workflowService = {
    describeWorkerDeployment: async () => {
      state.asked++;
      const currentDeploymentVersion = state.current === null ? null : { buildId: state.current };
      return { workerDeploymentInfo: { routingConfig: { currentDeploymentVersion } } };
    },
    setWorkerDeploymentCurrentVersion: async (set: { readonly buildId: string }) => {
      state.current = set.buildId;
    },
  };
  const deployment = { connection: { workflowService }, namespace: "n" } as unknown as Deployment;
  /** Until it was asked this many times more. */
  const looked = async (times: number): Promise<void> => {
    for (const until = state.asked + times; state.asked < until;)
      await new Promise((resolve) => setTimeout(resolve, 2));
  };
  return { state, deployment, looked };
}

it("a build is put back into a server that forgot only by a worker of the one that was current", async () => {
  const { state, deployment, looked } = server("new");
  const stop = new AbortController();
  const kept = (build: string): Promise<void> =>
    keepCurrent(deployment, build, { signal: stop.signal, everyMs: 5 });
  const old = kept("old");
  await looked(2);
  state.current = null;
  await looked(3);
  expect(state.current).toBe(null); // the old one alone leaves it to those of the new one
  state.current = "new";
  const newer = kept("new");
  await looked(4);
  state.current = null;
  await looked(6);
  expect(state.current).toBe("new");
  stop.abort();
  await Promise.all([old, newer]);
});
