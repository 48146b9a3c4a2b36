import { ApplicationFailure } from "@temporalio/common";
import { describe, expect, it } from "vitest";
import { LONG } from "./activity-options.ts";
import { FAILURES } from "./failure-type.ts";
import { FailedAttempts } from "./failed-attempts.ts";
import { failureOf } from "./failures.ts";
import { RETRY } from "./retry.ts";

const away = (): ApplicationFailure => failureOf("store", "the disk is away");

/** How many failures it takes until one is final; null: none of a hundred is. */
function lasts(attempts: FailedAttempts, failure: () => ApplicationFailure, endless = false): number | null {
  for (let n = 1; n <= 100; n++)
    if ((attempts.failed("a", failure(), endless) as ApplicationFailure).nonRetryable) return n;
  return null;
}

describe("attempts of an activity", () => {
  it("come to an end by those that failed; many more may be killed", () => {
    expect(lasts(new FailedAttempts(), away)).toBe(RETRY.maximumAttempts);
    expect(LONG.retry!.maximumAttempts).toBeGreaterThan(10 * RETRY.maximumAttempts);
  });

  it("are counted for each activity, and anew once it is through", () => {
    const attempts = new FailedAttempts();
    attempts.failed("a", away());
    attempts.failed("b", away());
    expect(lasts(attempts, away)).toBe(RETRY.maximumAttempts - 1);
    attempts.failed("a", away());
    attempts.ended("a");
    expect(lasts(attempts, away)).toBe(RETRY.maximumAttempts);
  });

  it("of what is waited for without end come to one where nobody knows what it is", () => {
    expect(lasts(new FailedAttempts(), away, true)).toBeNull();
    expect(lasts(new FailedAttempts(), () => failureOf("unexpected", "a bug"), true)).toBe(
      RETRY.maximumAttempts,
    );
  });

  it("are not used up by workers that leave an activity to others", () => {
    expect(lasts(new FailedAttempts(), () => failureOf(FAILURES.wrongBackend, "of another"))).toBeNull();
  });

  it("keep what was said of them", () => {
    const attempts = new FailedAttempts();
    const cause = new Error("deep");
    const said = { message: "no room", type: "store", details: [{ place: "here" }], cause };
    for (let n = 1; n < RETRY.maximumAttempts; n++) attempts.failed("a", ApplicationFailure.create(said));
    expect(attempts.failed("a", ApplicationFailure.create(said))).toMatchObject({
      ...said,
      nonRetryable: true,
    });
  });
});
