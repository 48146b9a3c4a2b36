import { Worker } from "node:worker_threads";
import type { CompilerAnswers, CompilerQuestion } from "./threads.ts";

export interface CompilerClient {
  ask<Q extends CompilerQuestion>(question: Q): Promise<CompilerAnswers[Q["kind"]]>;
}

interface Reply {
  readonly id: number;
  readonly answer?: CompilerAnswers[CompilerQuestion["kind"]];
  readonly failure?: string;
}

/** Starts the compiler's thread; questions are answered in the order in which they were asked. */
export function startCompiler(root: string): CompilerClient {
  const worker = new Worker(new URL("compiler-thread.ts", import.meta.url), { workerData: { root } });
  const waiting = new Map<
    number,
    { readonly resolve: (answer: never) => void; readonly reject: (error: Error) => void }
  >();
  let asked = 0;
  let broken: Error | null = null;
  worker.on("message", ({ id, answer, failure }: Reply) => {
    const asker = waiting.get(id);
    waiting.delete(id);
    if (failure === undefined) asker?.resolve(answer as never);
    else asker?.reject(new Error(failure));
  });
  worker.on("error", (error) => {
    broken = error as Error;
    for (const { reject } of waiting.values()) reject(broken);
  });
  return {
    ask: (question) =>
      new Promise((resolve, reject) => {
        if (broken) return reject(broken);
        waiting.set(++asked, { resolve, reject });
        worker.postMessage({ id: asked, question });
      }),
  };
}
