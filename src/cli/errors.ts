import { CommanderError } from "commander";
import { RhymeError, type RhymeErrorFields } from "../lib/errors.ts";
import { Interrupted } from "./interrupt.ts";

/** 0 is success; 1 is kept for checks that failed, so that a crash is never mistaken for one. */
export const EXIT = { checksFailed: 1, badInput: 2, bug: 70, interrupted: 130 } as const;

/** How a command ended badly: what people read and what programs read. */
export interface Failure {
  readonly exitCode: number;
  readonly lines: readonly string[];
  readonly document: FailureDocument;
}

export interface FailureDocument {
  readonly schema: "rhyme.error/1";
  readonly error: { readonly kind: string; readonly message: string } & Partial<RhymeErrorFields>;
}

/** Any thrown value → message and exit code. A stack trace appears only for bugs of ours, and only with `debug`. */
export function describeFailure(error: unknown, debug = false): Failure {
  if (error instanceof RhymeError) return describeFields(error.kind, error.fields);
  if (error instanceof CommanderError) return describeUsage(error);
  if (error instanceof Interrupted) return failure(EXIT.interrupted, "interrupted", [error.message]);
  if (isAbort(error)) return failure(EXIT.interrupted, "interrupted", [new Interrupted().message]);
  return describeSystem(error) ?? describeBug(error, debug);
}

function describeFields(kind: string, fields: RhymeErrorFields): Failure {
  const { place, expected, received, remedy } = fields;
  const lines = [`error: ${place}`, `  expected  ${expected}`, `  got       ${received}`, `  ${remedy}`];
  const message = `${place}: expected ${expected}, got ${received}. ${remedy}`;
  return {
    exitCode: EXIT.badInput,
    lines,
    document: { schema: "rhyme.error/1", error: { kind, message, ...fields } },
  };
}

function describeUsage(error: CommanderError): Failure {
  const message = error.message.startsWith("error:") ? error.message : `error: ${error.message}`;
  return failure(EXIT.badInput, "usage", [message]);
}

function failure(exitCode: number, kind: string, lines: readonly string[]): Failure {
  const message = lines.map((line) => line.trim().replace(/^error: /, "")).join(". ");
  return { exitCode, lines, document: { schema: "rhyme.error/1", error: { kind, message } } };
}

// ---- the system and SQLite --------------------------------------------------------------------------------------

interface Cause {
  readonly what: string;
  readonly remedy: string;
}

const SYSTEM: Readonly<Record<string, Cause>> = {
  ENOENT: { what: "no such file or folder", remedy: "Check the path." },
  EACCES: { what: "permission denied", remedy: "Check who may read and write there." },
  EPERM: { what: "not permitted", remedy: "Check who may read and write there." },
  EISDIR: { what: "this is a folder, a file is needed", remedy: "Name the file." },
  ENOTDIR: { what: "a part of this path is a file, a folder is needed", remedy: "Check the path." },
  EEXIST: { what: "this exists already", remedy: "Choose another name or remove it." },
  ENOSPC: { what: "no space left on the disk", remedy: "Free some space, then run the same command again." },
  EDQUOT: { what: "the disk quota is used up", remedy: "Free some space, then run the same command again." },
  EROFS: { what: "the file system is read-only", remedy: "Choose a folder that can be written." },
  EIO: { what: "the disk reports an input/output error", remedy: "Check the disk." },
  EMFILE: {
    what: "too many open files",
    remedy: "Raise the limit (ulimit -n) and run the same command again.",
  },
  ENAMETOOLONG: { what: "the name is too long", remedy: "Choose a shorter path." },
  ELOOP: { what: "symbolic links lead in a circle", remedy: "Check the path." },
  ENOMEM: { what: "not enough memory", remedy: "Free some memory, then run the same command again." },
  ERR_FS_FILE_TOO_LARGE: { what: "the file is too large to be read at once", remedy: "Split it." },
};

/** By SQLite's primary result code. */
const SQLITE: Readonly<Record<number, Cause>> = {
  5: {
    what: "another process is writing this memory",
    remedy: "Wait for it to end, then run the same command again.",
  },
  6: {
    what: "another process is writing this memory",
    remedy: "Wait for it to end, then run the same command again.",
  },
  8: { what: "the memory is read-only", remedy: "Check who may write its folder." },
  10: { what: "the disk reports an input/output error in the memory", remedy: "Check the disk." },
  11: { what: "the memory is damaged", remedy: "Restore it from a copy, or remember its candles again." },
  13: {
    what: "no space left for the memory",
    remedy: "Free some disk space, then run the same command again.",
  },
  14: { what: "the memory cannot be opened", remedy: "Check the folder and who may read and write it." },
  26: {
    what: "this is not a memory, or a damaged one",
    remedy: "Restore it from a copy, or choose another folder.",
  },
};

/** What the operating system or SQLite refuses is the caller's to put right; null for everything else. */
function describeSystem(error: unknown): Failure | null {
  if (!(error instanceof Error)) return null;
  const { code, errcode, path } = error as Error & { code?: string; errcode?: number; path?: string };
  const sqlite = code === "ERR_SQLITE_ERROR" && errcode !== undefined;
  const cause = sqlite ? SQLITE[errcode & 0xff] : SYSTEM[code ?? ""];
  if (!cause) return null;
  const place = path === undefined ? "" : `${path}: `;
  return failure(EXIT.badInput, sqlite ? "store" : "input", [
    `error: ${place}${cause.what}`,
    `  ${cause.remedy}`,
  ]);
}

function describeBug(error: unknown, debug: boolean): Failure {
  const message = error instanceof Error ? error.message.split("\n")[0]! : String(error);
  const line = `error: ${message} (this is a bug of rhyme; RHYME_DEBUG=1 shows where)`;
  const stack = debug && error instanceof Error && error.stack ? [error.stack] : [];
  const { document } = failure(EXIT.bug, "bug", [message]);
  return { exitCode: EXIT.bug, lines: [line, ...stack], document };
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === "AbortError";
}
