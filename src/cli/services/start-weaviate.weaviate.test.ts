import { connect } from "node:http2";
import { expect, inject, it } from "vitest";
import { needs } from "../../lib/testing/require.ts";
import { portsFrom } from "./ports.ts";

const weaviate = needs("weaviate");

it.skipIf(weaviate.skip)("the server of the tests answers to its keys, and to nobody else", async () => {
  const { address, keys } = inject("weaviate")!;
  const meta = `${address.replace("weaviate:", "http:")}/v1/meta`;
  const status = async (key?: string): Promise<number> =>
    (await fetch(meta, key === undefined ? {} : { headers: { authorization: `Bearer ${key}` } })).status;
  expect([await status(), await status("wrong"), await status(keys.admin)]).toEqual([401, 401, 200]);
  expect(await status(keys.read)).not.toBe(401);
});

it.skipIf(weaviate.skip)("the two ports that are open on all interfaces ask for a key, too", async () => {
  const { address, keys } = inject("weaviate")!;
  const base = Number(new URL(address).port);
  const asNode = (password: string): Record<string, string> => ({
    authorization: `Basic ${Buffer.from(`rhyme:${password}`).toString("base64")}`,
  });
  const data = async (headers: Record<string, string>): Promise<number> =>
    (await fetch(`http://127.0.0.1:${portsFrom(base).data}/nodes/status`, { headers })).status;
  expect([await data({}), await data(asNode("wrong"))]).toEqual([401, 401]);
  expect(await data(asNode(keys.admin))).not.toBe(401);
  expect(await grpcMessage(base + 1, "wrong")).toMatch(/unauthorized: invalid api key/);
  expect(await grpcMessage(base + 1, keys.admin)).not.toMatch(/unauthorized/);
});

/** What the server says of an empty search, by plain HTTP/2: the client's own start asks more than that. */
async function grpcMessage(port: number, key: string): Promise<string> {
  const session = connect(`http://127.0.0.1:${port}`);
  const request = session.request({
    ...{ ":method": "POST", ":path": "/weaviate.v1.Weaviate/Search", te: "trailers" },
    ...{ "content-type": "application/grpc", authorization: `Bearer ${key}` },
  });
  request.end(Buffer.alloc(5)); // not compressed, 0 bytes
  try {
    return await new Promise<string>((resolve, reject) => {
      request.on("error", reject);
      for (const event of ["response", "trailers"])
        request.on(event, (headers: Record<string, string>) => {
          if (headers["grpc-status"] !== undefined)
            resolve(decodeURIComponent(headers["grpc-message"] ?? ""));
        });
      request.resume();
    });
  } finally {
    session.close();
  }
}
