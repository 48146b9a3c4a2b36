/** Joins small pieces of printed text: a thousand lines are a few messages, and none waits longer than a blink. */
export interface StreamBuffer {
  add(run: number, name: string, text: string): void;
  /** Sends what is held now, so that other messages keep their place behind it. */
  flush(): void;
}

const BLINK = 20; // ms
const MOST = 50_000; // characters

export function streamBuffer(send: (run: number, name: string, text: string) => void): StreamBuffer {
  let held: { readonly run: number; readonly name: string; text: string } | null = null;
  let timer: NodeJS.Timeout | null = null;
  const flush = (): void => {
    if (timer) clearTimeout(timer);
    timer = null;
    const ready = held;
    held = null;
    if (ready) send(ready.run, ready.name, ready.text);
  };
  return {
    flush,
    add: (run, name, text) => {
      if (held && (held.run !== run || held.name !== name || held.text.length > MOST)) flush();
      held ??= { run, name, text: "" };
      held.text += text;
      timer ??= setTimeout(flush, BLINK);
    },
  };
}
