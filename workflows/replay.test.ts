import { DefaultLogger, Runtime, Worker } from "@temporalio/worker";
import { DeterminismViolationError } from "@temporalio/workflow";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { workflowCode } from "./bundle.ts";
import * as workflows from "./all-workflows.ts";
import { FOLDERS, historyFile, keptHistories } from "./testing/histories.ts";

// What a server remembers of runs that were begun on earlier code, against today's. Needs no server.
const kept = keptHistories();
/** Those that have one run alone. */
const SHORT = ["train", "audit", "scheduled"];
const CHANGED = fileURLToPath(new URL("./testing/changed-workflows.ts", import.meta.url));

const replay = (code: string, history: object): Promise<void> =>
  Worker.runReplayHistory({ workflowBundle: { code } }, history);

const codeOf = async (file?: string): Promise<string> =>
  (await workflowCode(new DefaultLogger("ERROR"), file)).code;

beforeAll(() => Runtime.install({ logger: new DefaultLogger("ERROR") }));

describe("runs of earlier code", () => {
  let code: string;
  beforeAll(async () => {
    code = await codeOf();
  });

  it.each(kept.map((one) => [one.file, one] as const))("%s goes on under this one", async (_, one) => {
    await expect(replay(code, one.read())).resolves.toBeUndefined();
  });

  it("are kept of every workflow, ended in every way", () => {
    const types = Object.keys(workflows).filter((name) => Object.hasOwn(FOLDERS, name));
    const endings = (type: string): readonly string[] =>
      SHORT.includes(type)
        ? ["finished", "failed", "cancelled"]
        : ["finished", "failed", "continued", "cancelled"];
    const wanted = types.flatMap((type) => endings(type).map((ending) => historyFile(type, ending))); // prettier-ignore
    expect(kept.map(({ file }) => file).sort()).toEqual(wanted.sort());
  });
});

describe("a change of a workflow", () => {
  const read = (file: string): object => kept.find((one) => one.file === file)!.read();

  it("that runs of earlier code cannot follow is caught", async () => {
    const code = await codeOf(CHANGED);
    await expect(replay(code, read(historyFile("ingest", "finished")))).rejects.toThrow(
      DeterminismViolationError,
    );
  });

  it("that is made for new runs alone lets earlier ones go on", async () => {
    const code = await codeOf(CHANGED);
    await expect(replay(code, read(historyFile("audit", "finished")))).resolves.toBeUndefined();
  });
});
