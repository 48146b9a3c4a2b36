import { expect } from "vitest";
import type { Ended } from "./run-rhyme.ts";

/** A field of the document that a command printed. */
export function field({ stdout, stderr }: Ended, name: string): unknown {
  expect(stdout, stderr).not.toBe("");
  return (JSON.parse(stdout) as Record<string, unknown>)[name];
}

/** What it printed without its last field, to the byte. */
export function without({ stdout, stderr }: Ended, name: string): string {
  const at = stdout.lastIndexOf(`,"${name}":{`);
  expect(at, stderr).toBeGreaterThan(0);
  return `${stdout.slice(0, at)}}\n`;
}
