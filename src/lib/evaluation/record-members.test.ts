import { describe, expect, it } from "vitest";
import type { RecallRecord } from "../recall/record-type.ts";
import { changedMembers } from "./record-members.ts";

const record = { through: 100, members: { own: 90, other: 95 } } as unknown as RecallRecord;

describe("members of a record", () => {
  it("leave it whole while they are as they were, and when the record's own series grows", () => {
    expect(changedMembers(record, { own: 200, other: 95 }, "own")).toEqual([]);
  });
  it("change it when one comes, goes, or grows over a time that was asked about", () => {
    expect(changedMembers(record, { own: 90, other: 95, third: 1 }, "own")).toEqual(["third"]);
    expect(changedMembers(record, { own: 90 }, "own")).toEqual(["other"]);
    expect(changedMembers(record, { own: 90, other: 96 }, "own")).toEqual(["other"]);
  });
  it("leave it whole when one that had reached the record's end grows beyond it", () => {
    const ahead = { ...record, members: { own: 90, other: 100 } } as RecallRecord;
    expect(changedMembers(ahead, { own: 90, other: 300 }, "own")).toEqual([]);
  });
  it("do not matter to a record that has not begun", () => {
    expect(changedMembers({ ...record, through: null }, { own: 1, third: 1 }, "own")).toEqual([]);
  });
});
