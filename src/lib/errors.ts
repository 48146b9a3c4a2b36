/**
 * The one error class for what a caller can put right: foreign data, arguments, damaged stores.
 * Anything else that is thrown is a bug of ours.
 */
export interface RhymeErrorFields {
  /** Where: `prices.csv:17`, `--at`, `memory ./m`. */
  readonly place: string;
  /** What was expected there. */
  readonly expected: string;
  /** What came instead. */
  readonly received: string;
  /** What the reader can do about it. */
  readonly remedy: string;
}

export type RhymeErrorKind = "input" | "usage" | "store" | "source" | "time" | "mismatch";

/** Names the place, what was expected, what came and what to do; the command line prints it and exits 2. */
export class RhymeError extends Error {
  override readonly name = "RhymeError";
  readonly kind: RhymeErrorKind;
  readonly fields: RhymeErrorFields;

  constructor(kind: RhymeErrorKind, fields: RhymeErrorFields) {
    super(`${fields.place}: expected ${fields.expected}, got ${fields.received}. ${fields.remedy}`);
    this.kind = kind;
    this.fields = fields;
  }
}
