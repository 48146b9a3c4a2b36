import { describe, expect, it } from "vitest";
import type { RecallRecord } from "../recall/record-type.ts";
import { changedMembers } from "./record-members.ts";

const record = { through: 100, members: { own: 90, other: 95 } } as unknown as RecallRecord;

describe("members of a record", () => {
  it("leave it whole while they are as they were, and whatever becomes of the record's own series", () => {
    expect(changedMembers(record, { own: 200, other: 95 }, "own")).toEqual([]);
  });
  it("change it when one comes, goes, or has other moments in the time that was asked about", () => {
    expect(changedMembers(record, { own: 90, other: 95, third: 1 }, "own")).toEqual(["third"]);
    expect(changedMembers(record, { own: 90 }, "own")).toEqual(["other"]);
    expect(changedMembers(record, { own: 90, other: 96 }, "own")).toEqual(["other"]);
    expect(changedMembers(record, { own: 90, other: 94 }, "own")).toEqual(["other"]);
  });
  it("leave it whole when one comes of which nothing had matured by the record's end", () => {
    expect(changedMembers(record, { own: 90, other: 95, third: 0 }, "own")).toEqual([]);
  });
  it("do not matter to a record that has not begun", () => {
    expect(changedMembers({ ...record, through: null }, { own: 1, third: 1 }, "own")).toEqual([]);
  });
});
