/** Tells who waits for the moments of other series that some have come; of one process. */
export class Arrivals {
  readonly #waiting = new Map<string, Set<() => void>>();

  /** A series of this memory has a new moment. */
  came(memory: string): void {
    for (const tell of this.#waiting.get(memory) ?? []) tell();
  }

  /** Resolves once so many have come, or after `ms`. */
  async next(memory: string, count: number, ms: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const waiting = this.#waiting.get(memory) ?? new Set();
    this.#waiting.set(memory, waiting);
    let left = count;
    await new Promise<void>((resolve) => {
      const end = (): void => {
        clearTimeout(late);
        signal.removeEventListener("abort", end);
        waiting.delete(tell);
        resolve();
      };
      const tell = (): void => {
        if (--left <= 0) end();
      };
      const late = setTimeout(end, ms);
      signal.addEventListener("abort", end, { once: true });
      waiting.add(tell);
    });
    if (waiting.size === 0) this.#waiting.delete(memory);
    signal.throwIfAborted();
  }
}
