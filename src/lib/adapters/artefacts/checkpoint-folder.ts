import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { checkpointStep } from "../../encoder/gnn/training/checkpoint.ts";
import { sha256Hex } from "../../math/hash.ts";
import { writeAtomically } from "../files/write-atomically.ts";

/** States of a fitting on disk, each with its hash beside it; the newest that is whole is where it goes on. */
export interface CheckpointFolder {
  /** Keeps a state; returns its step. Older ones but the one before it are removed. */
  save(bytes: Uint8Array): number;
  /** The newest whole one; null where there is none. */
  newest(): { readonly step: number; readonly bytes: Uint8Array } | null;
  /** Removes all of them. */
  clear(): void;
}

/** The newest, and one more for the case that the newest is damaged. */
const KEPT = 2;
const NAME = /^step-(\d+)\.ckpt$/;

/** Checkpoints `step-N.ckpt` and their SHA-256 `step-N.ckpt.sha256` in a folder that need not be there yet. */
export function checkpointFolder(folder: string): CheckpointFolder {
  const at = (step: number): string => join(folder, `step-${step}.ckpt`);
  const remove = (step: number): void => {
    for (const path of [at(step), hashOf(at(step))]) rmSync(path, { force: true });
  };
  return {
    save: (bytes) => {
      const step = checkpointStep(bytes);
      // The hash first: a state that is there then has one, and a hash alone says nothing.
      writeAtomically(hashOf(at(step)), `${sha256Hex(bytes)}\n`);
      writeAtomically(at(step), bytes);
      for (const older of stepsIn(folder).slice(KEPT)) remove(older);
      return step;
    },
    newest: () => {
      for (const step of stepsIn(folder)) {
        const bytes = wholeAt(at(step));
        if (bytes) return { step, bytes };
      }
      return null;
    },
    clear: () => stepsIn(folder).forEach(remove),
  };
}

function hashOf(path: string): string {
  return `${path}.sha256`;
}

/** Steps of which there is a file, newest first. */
function stepsIn(folder: string): number[] {
  return namesIn(folder)
    .flatMap((name) => NAME.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => b - a);
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

/** Its bytes where they are what their hash says. */
function wholeAt(path: string): Uint8Array | null {
  try {
    const [bytes, hash] = [readFileSync(path), readFileSync(hashOf(path), "utf8").trim()];
    return sha256Hex(bytes) === hash ? bytes : null;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}
