/** Something that multiplies matrices faster than plain loops: TensorFlow, onnxruntime, WebAssembly. */
export interface MatrixEngine {
  /** As `--backend` names it. */
  readonly name: string;
  /** Keeps W [K, J], row-major, at hand for many products; whoever asked disposes of it. */
  prepare(weights: Float32Array, inputs: number, outputs: number, activation: Activation): Product;
}

export type Activation = "relu" | "none";

export interface Product {
  /**
   * activation(x · W) [rows, J]; x [rows, K]. x must stay as it is until it is answered, the answer belongs to the caller
   * until the next call.
   */
  run(x: Float32Array, rows: number): Promise<Float32Array>;
  dispose(): void;
}
