/** Long work that may be left off between two of its steps; its result is what the generator returns. */
export type Steps<T> = Generator<void, T, void>;

/** All steps in one go. */
export function runSteps<T>(steps: Steps<T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/** All steps, waiting between two of them; whatever `pause` throws ends the work. */
export async function pausedSteps<T>(steps: Steps<T>, pause: () => Promise<void>): Promise<T> {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    await pause();
  }
}
