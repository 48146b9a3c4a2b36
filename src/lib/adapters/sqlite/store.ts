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
  readonly #check: (() => void) | null;
  readonly #statements = new Map<string, StatementSync>();
  #writing = false;
  #open = true;
  #commits = 0;

  /** `check` is called after every access and throws where what was read may not be relied upon. */
  constructor(db: DatabaseSync, place: string, writable: boolean, check: (() => void) | null = null) {
    this.#check = check;
    this.#db = db;
    this.place = place;
    this.writable = writable;
  }

  /** Runs `work`; what SQLite says about disk, locks or damage becomes a RhymeError. */
  guard<T>(work: () => T): T {
    if (!this.#open) throw storeError(this.place, "an open memory", "one that was closed", "Open it again.");
    try {
      const result = work();
      this.#check?.();
      return result;
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

  /** All of `work` or nothing of it; within another write, a part of that one. */
  write<T>(work: () => T): T {
    if (!this.writable)
      throw storeError(
        this.place,
        "a memory opened for writing",
        "one opened for reading",
        'Open it with mode "write".',
      );
    if (this.#writing) return work();
    this.#writing = true;
    try {
      const result = this.#transaction("BEGIN IMMEDIATE", work);
      this.#commits++;
      return result;
    } finally {
      this.#writing = false;
    }
  }

  /** Reads that see one commit, whatever other processes write meanwhile; within a transaction, that one. */
  snapshot<T>(work: () => T): T {
    if (this.#open && this.#db.isTransaction) return work();
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
        this.#rollBack();
        throw error;
      }
    });
  }

  /** Where even that fails, the file rolls itself back when it is opened next; the first error is the one to tell. */
  #rollBack(): void {
    try {
      if (this.#db.isTransaction) this.#db.exec("ROLLBACK");
    } catch {
      this.close();
    }
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#statements.clear();
    this.#db.close();
  }
}
