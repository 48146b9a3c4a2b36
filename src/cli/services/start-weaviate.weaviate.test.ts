import { expect, inject, it } from "vitest";
import { needs } from "../../lib/testing/require.ts";

const weaviate = needs("weaviate");

it.skipIf(weaviate.skip)("the server of the tests answers to its keys, and to nobody else", async () => {
  const { address, keys } = inject("weaviate")!;
  const meta = `${address.replace("weaviate:", "http:")}/v1/meta`;
  const status = async (key?: string): Promise<number> =>
    (await fetch(meta, key === undefined ? {} : { headers: { authorization: `Bearer ${key}` } })).status;
  expect([await status(), await status("wrong"), await status(keys.admin)]).toEqual([401, 401, 200]);
  expect(await status(keys.read)).not.toBe(401);
});
