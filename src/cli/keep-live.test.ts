import { afterAll, describe, expect, it } from "vitest";
import { openMemoryFolder } from "../lib/adapters/sqlite/open-memory.ts";
import { DIM, SERIES, somePatterns, T0 } from "../lib/testing/some-patterns.ts";
import { temporaryFolder } from "../lib/testing/temporary-folder.ts";
import type { Asked } from "./ask-memory.ts";
import { assertDefault, assertLive } from "./keep-live.ts";

const INDEX = {} as NonNullable<Parameters<typeof assertLive>[1]>;

it("keeps a live state of the newest moment, through the default channel, in an index, and of nothing else", () => {
  expect(() => assertLive({}, INDEX)).not.toThrow();
  expect(() => assertLive({ channel: "default" }, INDEX)).not.toThrow();
  expect(() => assertLive({ channel: "canary" }, INDEX)).toThrow("--channel canary");
  expect(() => assertLive({ at: "2024-01-01" }, INDEX)).toThrow("--at");
  expect(() => assertLive({ knownAt: "now" }, INDEX)).toThrow("--known-at");
  expect(() => assertLive({}, null)).toThrow("no --index");
});

describe("the one live state of a series", () => {
  const at = temporaryFolder();
  const folder = openMemoryFolder(at.path, { mode: "write" });
  afterAll(() => {
    folder.close();
    at.remove();
  });
  const ENCODERS = ["v1", "v2"].map((version) => ({ version, dim: DIM }));
  const remember = async (n: number): Promise<void> => {
    const lineage = { dataHash: "d", designHash: "g", encoderVersion: ENCODERS[n]!.version };
    await folder.memory("t", ENCODERS[n]!).put(somePatterns(3, { lineage }));
  };
  const keep = (n: number): void => {
    const question = { tenant: "t", ...SERIES, horizon: "4h", k: 10 };
    assertDefault(folder, { answer: { question }, encoder: ENCODERS[n] } as unknown as Asked);
  };

  it("is its only encoder's, then that of the default channel; of several without one nobody's", async () => {
    await remember(0);
    expect(() => keep(0)).not.toThrow();
    await remember(1);
    for (const n of [0, 1]) expect(() => keep(n)).toThrow(/v1, v2.*weaviate switch/);
    folder.channels.switch("t", "default", "v2", T0);
    expect(() => keep(1)).not.toThrow();
    expect(() => keep(0)).toThrow(/expected v2, which the default channel reads/);
  });
});
