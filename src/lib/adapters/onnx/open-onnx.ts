import type { MatrixEngine, Product } from "../../encoder/gnn/native/matrix-engine.ts";
import { loadModule, requireBackend } from "../backends/native-backend.ts";
import { productModel } from "./product-model.ts";

/** The part of onnxruntime-node that is used here; it is no dependency, so its types are not at hand. */
interface Runtime {
  readonly Tensor: new (type: "float32", data: Float32Array, dims: readonly number[]) => RuntimeTensor;
  readonly InferenceSession: {
    create(model: Uint8Array, options: object): Promise<Session>;
  };
  readonly env: { logLevel: string; readonly versions?: Readonly<Record<string, string>> };
}

interface RuntimeTensor {
  readonly data: Float32Array;
}

interface Session {
  run(feeds: Readonly<Record<string, RuntimeTensor>>): Promise<Readonly<Record<string, RuntimeTensor>>>;
  release(): Promise<void>;
}

export interface Onnx {
  readonly version: string;
  readonly engine: MatrixEngine;
  /** [1 2] · [3 4], to see that it works. */
  readonly multiply: () => Promise<number>;
}

export interface OnnxOptions {
  /** Threads of one product; default: as many as there are cores. */
  readonly threads?: number;
}

/**
 * onnxruntime-node on CPUs. It computes beside JavaScript, which can prepare what comes next meanwhile.
 * @throws RhymeError "usage" where it is not installed
 */
export async function openOnnx({ threads }: OnnxOptions = {}): Promise<Onnx> {
  const found = requireBackend("onnx");
  const loaded = loadModule(found) as Runtime;
  loaded.env.logLevel = "error";
  const options = {
    executionProviders: ["cpu"],
    graphOptimizationLevel: "all",
    ...(threads === undefined ? {} : { intraOpNumThreads: threads }),
  };
  const engine: MatrixEngine = {
    name: "onnx",
    prepare: (weights, inputs, outputs, activation) =>
      productOf(
        loaded,
        loaded.InferenceSession.create(productModel(weights, inputs, outputs, activation), options),
        inputs,
      ),
  };
  const manifest = loadModule(found, "onnxruntime-node/package.json") as { readonly version: string };
  return {
    version: manifest.version,
    engine,
    multiply: async () => {
      const product = engine.prepare(Float32Array.of(3, 4), 2, 1, "none");
      const [value] = await product.run(Float32Array.of(1, 2), 1);
      product.dispose();
      return value!;
    },
  };
}

function productOf({ Tensor }: Runtime, opening: Promise<Session>, inputs: number): Product {
  opening.catch(() => undefined); // told by run
  return {
    async run(x, rows) {
      const feed = new Tensor("float32", x.subarray(0, rows * inputs), [rows, inputs]);
      const { y } = await (await opening).run({ x: feed });
      return y!.data;
    },
    dispose: () => void opening.then((session) => session.release()),
  };
}
