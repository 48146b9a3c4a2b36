import { expect, it } from "vitest";
import { readRecord } from "./read-record.ts";
import { RECORD_SCHEMA } from "./record-type.ts";

it("a stored record is read where its schema is ours, and otherwise counts as none", () => {
  expect(readRecord(JSON.stringify({ schema: RECORD_SCHEMA, stride: 3 }))).toMatchObject({ stride: 3 });
  expect(readRecord('{"schema":"rhyme.record/1"}')).toBeNull();
  expect(readRecord("{}")).toBeNull();
});
