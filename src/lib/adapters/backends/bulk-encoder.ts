import type { Embeddings, EncodeOptions, Encoder } from "../../encoder/encoder.ts";
import { GnnEncoder } from "../../encoder/gnn/gnn-encoder.ts";
import { tablesOf } from "../../encoder/gnn/gnn-nodes.ts";
import type { MatrixEngine } from "../../encoder/gnn/native/matrix-engine.ts";
import { encodeNatively } from "../../encoder/gnn/native/encode-native.ts";
import { packGnn } from "../../encoder/gnn/packed-gnn.ts";
import { RhymeError } from "../../errors.ts";
import type { FeatureTables } from "../../features/feature.ts";
import type { EncodeBackend } from "./encode-backends.ts";
import { openOnnx } from "../onnx/open-onnx.ts";
import { EncodeThreads } from "../threads/encode-threads.ts";
import { describeDevice } from "../tfjs/describe-device.ts";
import { openTensorFlow } from "../tfjs/open-tensorflow.ts";
import { tensorFlowEngine } from "../tfjs/tensorflow-engine.ts";

/** As an encoder's own `encodeHistory`, by other means. */
export type Embed = (encoder: Encoder, tables: FeatureTables, options?: EncodeOptions) => Promise<Embeddings>;

export interface BulkEncoder {
  readonly backend: EncodeBackend;
  /** What it computes on: `CPU`, `2 threads`, `NVIDIA H200`. */
  readonly device: string;
  readonly embed: Embed;
  /** Ends what it holds; it may be asked again. */
  readonly close: () => Promise<void>;
}

export interface BulkOptions {
  /** Default: as many as there are cores. */
  readonly threads?: number;
  /** Told once where memory was short, with how many anchors it goes on at a time. */
  readonly onSmaller?: (anchors: number) => void;
}

/** @throws RhymeError "usage" where the backend is not installed or does not load */
export async function openBulkEncoder(
  backend: EncodeBackend,
  options: BulkOptions = {},
): Promise<BulkEncoder> {
  if (backend === "arrays")
    return {
      ...{ backend, device: "CPU", close: done },
      embed: (encoder, tables, range) => Promise.resolve(encoder.encodeHistory(tables, range)),
    };
  if (backend === "threads" || backend === "simd") return inThreads(backend, options);
  if (backend === "onnx") {
    const { engine } = await openOnnx(options.threads === undefined ? {} : { threads: options.threads });
    return { backend, device: "CPU", embed: withEngine(backend, engine, options), close: done };
  }
  const tf = await openTensorFlow(backend);
  const { device } = await describeDevice(tf, backend);
  return { backend, device, embed: withEngine(backend, tensorFlowEngine(tf, backend), options), close: done };
}

const done = (): Promise<void> => Promise.resolve();

/** Threads stay for the next history of the same encoder; they keep no process alive. */
function inThreads(backend: "threads" | "simd", { threads }: BulkOptions): BulkEncoder {
  const how = backend === "threads" ? "arrays" : "simd";
  let held: { readonly of: Encoder; readonly crew: EncodeThreads } | null = null;
  const close = async (): Promise<void> => {
    const before = held;
    held = null;
    await before?.crew.close();
  };
  return {
    ...{ backend, device: "CPU, on all its cores", close },
    embed: async (encoder, tables, range) => {
      const gnn = asGnn(encoder, backend);
      if (held?.of !== encoder) {
        await close();
        const options = { with: how, ...(threads === undefined ? {} : { threads }) } as const;
        held = { of: encoder, crew: new EncodeThreads(gnn, options) };
      }
      try {
        return await held.crew.encodeHistory(tables, range);
      } catch (error) {
        await close(); // it has ended its threads
        throw error;
      }
    },
  };
}

function withEngine(backend: EncodeBackend, engine: MatrixEngine, { onSmaller }: BulkOptions): Embed {
  return (encoder, tables, range = {}) => {
    const gnn = asGnn(encoder, backend);
    const columns = tablesOf(tables, gnn.design.timeframes, gnn.origin.featureNames);
    return encodeNatively(packGnn(gnn.model), columns, engine, { ...range, ...(onSmaller && { onSmaller }) });
  };
}

/** @throws RhymeError "usage" for encoders that this backend has no way to compute */
function asGnn(encoder: Encoder, backend: EncodeBackend): GnnEncoder {
  if (encoder instanceof GnnEncoder) return encoder;
  throw new RhymeError("usage", {
    place: `backend ${backend}`,
    expected: "a graph encoder",
    received: `${encoder.version}, of kind ${encoder.kind}`,
    remedy: "Take --backend arrays, which is the encoder itself.",
  });
}
