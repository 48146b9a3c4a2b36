import { NATIVE_BACKENDS } from "../../lib/adapters/backends/native-backend.ts";
import { openOnnx } from "../../lib/adapters/onnx/open-onnx.ts";
import { describeDevice } from "../../lib/adapters/tfjs/describe-device.ts";
import { openTensorFlow } from "../../lib/adapters/tfjs/open-tensorflow.ts";
import { RhymeError } from "../../lib/errors.ts";
import type { Probe } from "./probe-backend.ts";

// A process that loads one backend, has it multiply, says what it found and ends, whatever that backend leaves running.

const name = NATIVE_BACKENDS.find((one) => one === process.argv[2])!;
try {
  say(name === "onnx" ? await probeOnnx() : await probeTensorFlow(name));
} catch (error) {
  const failure =
    error instanceof RhymeError ? error.fields.received : (error as Error).message.split("\n")[0]!;
  say({ failure, device: null, says: null });
}

async function probeTensorFlow(backend: Exclude<typeof name, "onnx">): Promise<Probe> {
  const tf = await openTensorFlow(backend);
  const product = await tf.matMul(tf.tensor2d([1, 2], [1, 2]), tf.tensor2d([3, 4], [2, 1])).data();
  const failure = product[0] === 11 ? null : `[1 2] · [3 4] is ${product[0]}`;
  const { device } = await describeDevice(tf, backend);
  return { failure, device, says: `TensorFlow.js ${tf.version_core}` };
}

async function probeOnnx(): Promise<Probe> {
  const { version, multiply } = await openOnnx();
  const product = await multiply();
  return {
    failure: product === 11 ? null : `[1 2] · [3 4] is ${product}`,
    device: "CPU",
    says: `onnxruntime ${version}`,
  };
}

function say(probe: Probe): void {
  process.stdout.write(`${JSON.stringify(probe)}\n`, () => process.exit(0));
}
