import type { Control } from "./control.ts";

/**
 * Does `each` of [from, to), at most `window()` of them at once, in order of their beginning; a paused conductor begins
 * none. Returns how far it came: `to`, or less where the history is full and what ran has ended.
 * @throws the first error of any, or the cancellation, once those that run have ended
 */
export async function slide(
  { from, to }: { readonly from: number; readonly to: number },
  control: Pick<Control<never>, "until" | "untilOver" | "paused" | "window" | "full">,
  each: (place: number) => Promise<void>,
): Promise<number> {
  let next = from;
  let running = 0;
  const failed: unknown[] = [];
  const mayBegin = (): boolean => !control.paused() && running < control.window();
  const begin = async (place: number): Promise<void> => {
    running++;
    try {
      await each(place);
    } catch (error) {
      failed.push(error);
    } finally {
      running--;
    }
  };
  try {
    while (next < to && failed.length === 0 && !control.full()) {
      await control.until(() => mayBegin() || failed.length > 0 || control.full());
      if (mayBegin() && failed.length === 0 && !control.full()) void begin(next++);
    }
  } finally {
    await control.untilOver(() => running === 0);
  }
  if (failed.length > 0) throw failed[0];
  return next;
}
