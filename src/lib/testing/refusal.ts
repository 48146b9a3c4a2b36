import { expect } from "vitest";
import { RhymeError } from "../errors.ts";

/** The RhymeError with which `work` was refused; fails where it was not. */
export async function refusal(work: Promise<unknown>): Promise<RhymeError> {
  const error = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(RhymeError);
  return error as RhymeError;
}
