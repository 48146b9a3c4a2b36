/**
 * What whole histories can be encoded with. `arrays`, the reference, and `threads`, the same on several threads, give the
 * same bytes on every machine; so does `simd`, WebAssembly in single precision on several threads, but other ones,
 * within 1e-5 of the reference, as are the rest's.
 */
export const ENCODE_BACKENDS = [
  "arrays",
  "threads",
  "simd",
  "onnx",
  "tensorflow",
  "tensorflow-gpu",
  "webgpu",
] as const;
export type EncodeBackend = (typeof ENCODE_BACKENDS)[number];
