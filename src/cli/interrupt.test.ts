import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const INTERRUPT = fileURLToPath(new URL("./interrupt.ts", import.meta.url));

/** Work that ends cleanly when aborted, unless it is `deaf`; says when it is ready to be interrupted. */
function work(deaf: boolean, anew: boolean): string {
  return `import { beginsAnew, interruptSignal } from ${JSON.stringify(INTERRUPT)};
    if (${anew}) beginsAnew();
    const signal = interruptSignal();
    const alive = setInterval(() => undefined, 10);
    signal.addEventListener("abort", () => {
      console.log(signal.reason.name);
      if (!${deaf}) clearInterval(alive);
    });
    console.log("ready");`;
}

async function interrupted(
  deaf: boolean,
  times: number,
  anew = false,
): Promise<{ code: number | null; stderr: string }> {
  const child = spawn(process.execPath, ["--input-type=module-typescript", "-e", work(deaf, anew)]);
  let stderr = "";
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  const closed = once(child, "close");
  for (let i = 0; i < times; i++) {
    await once(child.stdout, "data"); // ready, then Interrupted
    child.kill("SIGINT");
  }
  const [code] = (await closed) as [number | null];
  return { code, stderr };
}

describe("Ctrl-C", () => {
  it("once lets the work stop cleanly and says how to go on", async () => {
    const { code, stderr } = await interrupted(false, 1);
    expect(code).toBe(0);
    expect(stderr).toContain("run the same command again to go on");
  });

  it("says that nothing was kept where the command begins anew", async () => {
    const { stderr } = await interrupted(false, 1, true);
    expect(stderr).toContain("nothing was kept");
    expect(stderr).not.toContain("to go on");
  });

  it("twice ends at once with 130", async () => {
    expect((await interrupted(true, 2)).code).toBe(130);
  });
});
