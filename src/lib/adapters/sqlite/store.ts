import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";
import { asStoreError, storeError } from "./store-error.ts";

/** A value of a row as it comes out: integers and reals as numbers, blobs as bytes. */
export type Cell = number | string | null | Uint8Array;

/**
 * One connection to the file: prepared statements by their text, whole transactions, and errors that say what to
 * do. Everything is synchronous, so a transaction can never be cut in two by another caller of this process.
 */
export class Store {
  readonly place: string;
  readonly writable: boolean;
  readonly #db: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  #open = true;
  #commits = 0;

  constructor(db: DatabaseSync, place: string, writable: boolean) {
    this.#db = db;
    this.place = place;
    this.writable = writable;
  }

  /** Runs `work`; what SQLite says about disk, locks or damage becomes a RhymeError. */
  guard<T>(work: () => T): T {
    if (!this.#open) throw storeError(this.place, "an open memory", "one that was closed", "Open it again.");
    try {
      return work();
    } catch (error) {
      throw asStoreError(this.place, error);
    }
  }

  statement(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (!statement) {
      statement = this.#db.prepare(sql);
      statement.setReturnArrays(true);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  exec(sql: string): void {
    this.guard(() => this.#db.exec(sql));
  }

  run(sql: string, ...values: SQLInputValue[]): number {
    return this.guard(() => Number(this.statement(sql).run(...values).changes));
  }

  /** First row, or null. */
  row(sql: string, ...values: SQLInputValue[]): Cell[] | null {
    return this.guard(() => (this.statement(sql).get(...values) as unknown as Cell[] | undefined) ?? null);
  }

  rows(sql: string, ...values: SQLInputValue[]): Cell[][] {
    return this.guard(() => this.statement(sql).all(...values) as unknown as Cell[][]);
  }

  /** Hands each row to `take` as it is read; no row outlives its call. */
  scan(sql: string, values: readonly SQLInputValue[], take: (row: Cell[]) => void): void {
    this.guard(() => {
      for (const row of this.statement(sql).iterate(...values) as unknown as Iterable<Cell[]>) take(row);
    });
  }

  /** Two equal strings: nothing was committed in between, by this connection or any other. */
  version(): string {
    return `${this.row("PRAGMA data_version")![0]} ${this.#commits}`; // data_version: commits of others
  }

  /** All of `work` or nothing of it. */
  write<T>(work: () => T): T {
    if (!this.writable)
      throw storeError(
        this.place,
        "a memory opened for writing",
        "one opened for reading",
        'Open it with mode "write".',
      );
    const result = this.#transaction("BEGIN IMMEDIATE", work);
    this.#commits++;
    return result;
  }

  /** Reads that see one commit, whatever other processes write meanwhile. */
  snapshot<T>(work: () => T): T {
    return this.#transaction("BEGIN", work);
  }

  #transaction<T>(begin: string, work: () => T): T {
    return this.guard(() => {
      this.#db.exec(begin);
      try {
        const result = work();
        this.#db.exec("COMMIT");
        return result;
      } catch (error) {
        if (this.#db.isTransaction) this.#db.exec("ROLLBACK");
        throw error;
      }
    });
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#statements.clear();
    this.#db.close();
  }
}
