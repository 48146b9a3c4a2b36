import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { temporaryFolder, type TemporaryFolder } from "../../lib/testing/temporary-folder.ts";
import { connectKernel, type ExecuteResult } from "../kernel-client.ts";
import { startKernel } from "../start-kernel.ts";
import { errorOf, kernelForTests, NOTEBOOKS, resultOf } from "./kernel-for-tests.ts";

const kernel = kernelForTests();
const { run } = kernel;

describe("the stop button", () => {
  const stopAfter = async (
    code: string,
    ms: number,
  ): Promise<{ readonly result: ExecuteResult; readonly took: number }> => {
    const running = run(code);
    await new Promise((done) => setTimeout(done, ms));
    await kernel.client().interrupt();
    const start = performance.now();
    const result = await running;
    return { result, took: performance.now() - start };
  };
  it("ends endless loops, before and after an await, and in a function of the library", async () => {
    for (const loop of [
      "while (true) {}",
      "await null;\nfor (;;) {}",
      "[1].forEach(() => { for (;;) {} });",
    ]) {
      const { result } = await stopAfter(loop, 700);
      expect(errorOf(result)).toMatchObject({ ename: "Interrupted" });
      expect(resultOf(await run("2 + 2"))).toBe("4");
    }
  });

  it("ends a wait, and its signal reaches what was handed it", async () => {
    await run('import { interruptSignal } from "rhyme/notebook";\nlet heard = "nothing";');
    const code =
      'const signal = interruptSignal();\nsignal.addEventListener("abort", () => (heard = signal.reason.name));\nawait new Promise(() => {});';
    const { result } = await stopAfter(code, 900);
    expect(errorOf(result).ename).toBe("Interrupted");
    expect(resultOf(await run("heard"))).toBe("'Interrupted'");
    expect(resultOf(await run("interruptSignal().aborted"))).toBe("false");
  });

  it("works although a cell listens to the signal of the operating system", async () => {
    await run('process.on("SIGINT", () => {});');
    const { result } = await stopAfter("await new Promise(() => {});", 700);
    expect(errorOf(result).ename).toBe("Interrupted");
    expect(resultOf(await run("3 + 3"))).toBe("6");
  });

  it("works right after a cell was sent, while its types are still checked", async () => {
    const running = run("while (true) {}");
    await kernel.client().interrupt();
    expect(errorOf(await running).ename).toBe("Interrupted");
    expect(resultOf(await run("5 + 5"))).toBe("10");
  });

  it("does nothing where nothing runs", async () => {
    await kernel.client().interrupt();
    expect(resultOf(await run("4 + 4"))).toBe("8");
  });
});

describe("the stop button while an encoder is made and used", () => {
  const MADE = `import { writeFileSync } from "node:fs";
import { byTimeframe, defaultDesign, featureSetByName, featureTables, openTensorFlow, rememberInRam, sageFamily } from "rhyme";
import { interruptSignal } from "rhyme/notebook";
import { syntheticCandles } from "rhyme/testing/candles";
const series = syntheticCandles({ seed: 1, rows: 3000, timeframe: "1h" });
const [timeframes, featureSet] = [["1h", "1d"], featureSetByName("candle16")];
const [design, tables] = [defaultDesign(timeframes), featureTables(featureSet, byTimeframe(series, timeframes))];
const tf = await openTensorFlow();
const few = { tf, design, featureSet, steps: 2 };
const first = await sageFamily.fit([tables], few);
const held = tf.memory().numTensors;
let [steps, rounds, made] = [0, 0, "nothing"];`;
  const PAUSE = "await new Promise((r) => setTimeout(r, 400));";
  let at: TemporaryFolder;
  beforeAll(async () => {
    at = temporaryFolder();
    const { status, outputs } = await run(MADE);
    if (status !== "ok") throw new Error(JSON.stringify(outputs));
  }, 60_000);
  afterAll(() => at.remove());

  /** Interrupts a cell once it has written the file that it is told. */
  async function stopped(code: (flag: string) => string): Promise<ExecuteResult> {
    const flag = join(at.path, "begun");
    rmSync(flag, { force: true });
    const running = run(code(`writeFileSync(${JSON.stringify(flag)}, "")`));
    while (!existsSync(flag)) await new Promise((done) => setTimeout(done, 20));
    await kernel.client().interrupt();
    return running;
  }

  it("ends the training: no step goes on, no tensor stays, no encoder is made, and the next is as ever", async () => {
    const ended = await stopped(
      (begun) => `const { version } = await sageFamily.fit([tables], {
  ...few, steps: 100_000, patience: 1e9, signal: interruptSignal(),
  onProgress: ({ step }) => { steps = step; if (step === 3) ${begun}; },
});
made = version;`,
    );
    expect(errorOf(ended).ename).toBe("Interrupted");
    await run(`${PAUSE}\nconst then = steps;\n${PAUSE}`);
    expect(resultOf(await run("[steps === then, steps >= 3, steps < 100_000, made].join()"))).toBe(
      "'true,true,true,nothing'",
    );
    expect(resultOf(await run("tf.memory().numTensors - held"))).toBe("0");
    expect(resultOf(await run("(await sageFamily.fit([tables], few)).version === first.version"))).toBe(
      "true",
    );
  }, 60_000);

  it("cuts a gradient off in its middle, and TensorFlow.js is as it was", async () => {
    const ended = await stopped(
      (begun) => `const endless = tf.grad((x) => {
  ${begun};
  for (let y = tf.mul(x, x); ; ) y = tf.sin(tf.mul(y, x));
});
tf.tidy(() => void endless(tf.tensor1d([1, 2, 3])));`,
    );
    expect(errorOf(ended).ename).toBe("Interrupted");
    // The one that is being made when the cut comes may be counted and belong to no scope yet.
    expect(["0", "1"]).toContain(resultOf(await run("tf.memory().numTensors - held")));
    expect(resultOf(await run("(await sageFamily.fit([tables], few)).version === first.version"))).toBe(
      "true",
    );
  }, 60_000);

  it("ends the encoding of a history into a memory, and the next is whole", async () => {
    const ended = await stopped(
      (begun) => `${begun};
for (;; rounds++) await rememberInRam([series], first, { horizons: ["4h"], signal: interruptSignal() });`,
    );
    expect(errorOf(ended).ename).toBe("Interrupted");
    await run(`${PAUSE}\nconst roundsThen = rounds;\n${PAUSE}`);
    expect(resultOf(await run("rounds === roundsThen"))).toBe("true");
    const whole = "(await rememberInRam([series], first, { horizons: ['4h'] }))";
    const rows = "first.encodeHistory(tables).anchors.length";
    expect(resultOf(await run(`(await ${whole}.count()) === ${rows}`))).toBe("true");
  }, 60_000);
});

describe("the end", () => {
  it("comes when it is asked for, also while a cell is busy", async () => {
    const other = await startKernel(NOTEBOOKS);
    const second = await connectKernel(other.connection);
    const ended = new Promise((done) => other.child.once("exit", done));
    void second.execute("while (true) {}");
    await new Promise((done) => setTimeout(done, 3000));
    await second.shutdown();
    await ended;
    expect(other.child.exitCode ?? other.child.signalCode).not.toBeNull();
    second.close();
  });
});
