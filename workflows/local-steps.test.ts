import { ApplicationFailure } from "@temporalio/common";
import { describe, expect, it } from "vitest";
import { failureReason, isCancelled } from "./failure-type.ts";
import { asFailure } from "./failures.ts";
import { LocalSteps } from "./local-steps.ts";

const steps = (signal = new AbortController().signal) => new LocalSteps("a test", signal, {}, () => {});

describe("an activity in process", () => {
  it("is given, and gives, what Temporal would have carried", async () => {
    let given: unknown = null;
    const { echo } = steps().of({
      echo: async (input: { readonly at: number; readonly left?: undefined }) => {
        given = input;
        return { ...input, loss: NaN, row: Float64Array.of(1) };
      },
    });
    const input = { at: 1, left: undefined };
    expect(await echo(input)).toEqual({ at: 1, loss: null, row: { 0: 1 } });
    expect(given).not.toBe(input);
    expect(Object.keys(given as object)).toEqual(["at"]);
  });

  it("that was aborted by something else than its job has failed, and is not cancelled", () => {
    const aborted = Object.assign(new Error("This operation was aborted"), { name: "AbortError" });
    const failure = asFailure(aborted, new AbortController().signal);
    expect(failure).toBeInstanceOf(ApplicationFailure);
    expect(isCancelled(failure)).toBe(false);
    expect(failureReason(failure)).toBe("This operation was aborted");
  });

  it("that ends since its job was stopped says why the job was", async () => {
    const stop = new AbortController();
    const { wait } = steps(stop.signal).of({
      wait: async () => {
        stop.abort(new Error("stopped by hand"));
        throw Object.assign(new Error("aborted"), { name: "AbortError" });
      },
    });
    await expect(wait()).rejects.toThrow("stopped by hand");
  });
});
