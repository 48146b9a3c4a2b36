import { RhymeError, type RhymeErrorFields, type RhymeErrorKind } from "../../src/lib/errors.ts";
import type { Json, Labels } from "../activity-host.ts";

/** What a thread is told. */
export type Ask =
  | {
      readonly kind: "run";
      readonly id: number;
      readonly task: string;
      readonly input: unknown;
      readonly before: Json;
    }
  | { readonly kind: "cancel"; readonly id: number };

/** What a thread tells. */
export type Tell =
  | { readonly kind: "progress"; readonly id: number; readonly told: Json }
  | {
      readonly kind: "log";
      readonly id: number;
      readonly level: "info" | "warn" | "error";
      readonly message: string;
      readonly fields: Readonly<Record<string, Json>>;
    }
  | {
      readonly kind: "count";
      readonly id: number;
      readonly metric: string;
      readonly by: number;
      readonly labels: Labels;
    }
  | { readonly kind: "done"; readonly id: number; readonly output: unknown }
  | { readonly kind: "failed"; readonly id: number; readonly error: SentError };

/** An error on its way between threads, which would lose its class. */
export interface SentError {
  readonly rhyme: { readonly kind: RhymeErrorKind; readonly fields: RhymeErrorFields } | null;
  readonly name: string;
  readonly message: string;
  readonly stack: string;
  /** Of failures that say one. */
  readonly type: string | null;
  readonly nonRetryable: boolean;
}

export function sentError(error: unknown): SentError {
  const { name, message, stack = "" } = error instanceof Error ? error : new Error(String(error));
  const { type = null, nonRetryable = false } = error as {
    type?: string | null;
    nonRetryable?: boolean | null;
  };
  const rhyme = error instanceof RhymeError ? { kind: error.kind, fields: error.fields } : null;
  return { rhyme, name, message, stack, type, nonRetryable: nonRetryable === true };
}
