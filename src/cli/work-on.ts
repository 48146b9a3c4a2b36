import { setImmediate as nextTurn } from "node:timers/promises";
import type { Work } from "../lib/adapters/folder/work.ts";
import type { Progress, Ui } from "./ui.ts";

/** Work whose progress and remarks are shown to people; `end` takes the last progress away. */
export function workOn(ui: Ui, signal: AbortSignal): Required<Work> & { readonly end: () => void } {
  let shown: { readonly what: string; readonly progress: Progress } | null = null;
  const end = (): void => {
    shown?.progress.done();
    shown = null;
  };
  return {
    signal,
    onNote: (text) => ui.note(text),
    onProgress: async ({ what, done, total, note }) => {
      if (shown?.what !== what) {
        end();
        shown = { what, progress: ui.progress(what, total) };
      }
      shown.progress.update(done, note);
      await nextTurn();
    },
    end,
  };
}
