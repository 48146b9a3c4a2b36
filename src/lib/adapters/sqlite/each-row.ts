import type { SQLInputValue } from "node:sqlite";
import type { Cell, Store } from "./store.ts";

/** Rows one at a time, so that a reader may pause between them; what SQLite says of damage becomes a RhymeError. */
export function* eachRow(store: Store, sql: string, ...values: SQLInputValue[]): Generator<Cell[]> {
  const rows = store.guard(
    () => store.statement(sql).iterate(...values) as unknown as IterableIterator<Cell[]>,
  );
  try {
    for (;;) {
      const next = store.guard(() => rows.next());
      if (next.done) return;
      yield next.value;
    }
  } finally {
    rows.return?.(undefined);
  }
}
