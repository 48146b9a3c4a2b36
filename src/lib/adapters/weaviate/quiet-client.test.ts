import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, it, vi } from "vitest";
import { refusal } from "../../testing/refusal.ts";
import { parseWeaviateAddress } from "./address.ts";
import { Connection } from "./connection.ts";

let server: Server | null = null;
afterEach(() => {
  vi.restoreAllMocks();
  server?.closeAllConnections();
  server?.close();
});

it("a server that goes between two calls is told by the error alone, not by the client on stderr", async () => {
  server = createServer((_, response) => response.end('{"version":"1.39.0"}')); // REST answers still, gRPC no more
  await new Promise<void>((resolve) => server!.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const told = ["warn", "error", "info", "log"] as const;
  const heard = told.map((how) => vi.spyOn(console, how).mockImplementation(() => {}));
  const address = parseWeaviateAddress(`weaviate://127.0.0.1:${port}?grpc=1`);
  const connection = new Connection(address, { deadlineMs: 1_500 });
  const call = connection.grpc({ named: "search" }, (client) =>
    client.collections.use("X").query.fetchObjects(),
  );
  expect((await refusal(call)).message).toMatch(/weaviate:\/\/127.*none within 1.5 s/);
  await connection.close();
  for (const one of heard) expect(one).not.toHaveBeenCalled();
});
