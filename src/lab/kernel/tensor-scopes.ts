/** The part of TensorFlow.js's engine that says what it is in the middle of. */
interface Engine {
  readonly state: {
    readonly scopeStack: readonly unknown[];
    /** What a gradient has recorded so far. */
    activeTape: readonly { readonly saved?: readonly { dispose(): void }[] }[] | null;
    gradientDepth: number;
    kernelDepth: number;
  };
  endScope(): void;
}

/**
 * Ends what TensorFlow.js was in the middle of when its caller was cut off: nothing else will, as `finally` does not run
 * there. Tensors of open scopes go, and gradients work again. To be called where no JavaScript stands below.
 */
export function closeTensorScopes(): void {
  const { _tfengine: engine } = globalThis as { readonly _tfengine?: Engine };
  if (!engine) return;
  const { state } = engine;
  for (const { saved = [] } of state.activeTape ?? []) saved.forEach((tensor) => tensor.dispose());
  while (state.scopeStack.length > 0) engine.endScope();
  Object.assign(state, { activeTape: null, gradientDepth: 0, kernelDepth: 0 });
}
