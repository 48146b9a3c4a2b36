import { progress } from "../../lib/adapters/notebook/show.ts";
import { createUi, type Ui } from "../ui.ts";

/**
 * What a command says, said in a notebook: a bar that moves in place for each of its stages, and nothing else; results
 * come back as values.
 * @example await rememberFiles([file], { ...options, ui: notebookUi(), signal: interruptSignal() });
 */
export function notebookUi(): Ui {
  const silent = { out: () => undefined, json: () => undefined, table: () => undefined };
  return {
    ...createUi({ quiet: true }),
    ...silent,
    progress(label, total) {
      const bar = progress(label, total);
      return { update: (done, what) => bar.update(done, what), done: () => bar.end() };
    },
  };
}
