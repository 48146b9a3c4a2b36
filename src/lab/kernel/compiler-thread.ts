import { parentPort, workerData } from "node:worker_threads";
import { cellCompiler } from "./compile-cells.ts";
import type { CompilerAnswers, CompilerQuestion } from "./threads.ts";

// The compiler on a thread of its own: it completes and explains while a cell runs.

export interface CompilerThreadData {
  readonly root: string;
}

const { root } = workerData as CompilerThreadData;
const compiler = cellCompiler(root);
// Reading the library's sources takes a second or two, better now than in the first cell.
compiler.compile('import * as __warm from "rhyme";');

parentPort!.on("message", ({ id, question }: { id: number; question: CompilerQuestion }) => {
  try {
    parentPort!.postMessage({ id, answer: answer(question) });
  } catch (error) {
    parentPort!.postMessage({
      id,
      failure: error instanceof Error ? (error.stack ?? error.message) : String(error),
    });
  }
});

function answer(question: CompilerQuestion): CompilerAnswers[CompilerQuestion["kind"]] {
  switch (question.kind) {
    case "compile":
      return compiler.compile(question.code);
    case "commit":
      compiler.commit(question.names);
      return null;
    case "complete":
      return compiler.complete(question.code, question.cursor);
    case "inspect":
      return compiler.inspect(question.code, question.cursor);
    case "isComplete":
      return compiler.isComplete(question.code);
  }
}
