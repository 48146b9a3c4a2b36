import { createServer, type AddressInfo, type Socket } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { temporaryFolder } from "../../src/lib/testing/temporary-folder.ts";
import { clock, tools } from "../testing/live-steps.ts";
import { liveWorld } from "../testing/live-world.ts";
import { liveHere } from "./here.ts";
import { forgetLive } from "./live-memory.ts";
import { showState } from "./show.ts";

const HISTORY = 600;
const sockets = new Set<Socket>();
const at = temporaryFolder();
let [hangsUp, came] = [false, 0];
const server = createServer((socket) => {
  came++;
  if (hangsUp) socket.destroy();
  else sockets.add(socket);
});
process.env["RHYME_WEAVIATE_KEY"] = "none";
afterEach(() => {
  forgetLive();
  for (const socket of sockets) socket.destroy();
  server.close();
  at.remove();
});

describe("an index", () => {
  it("that keeps silent holds no series up, and one that failed is left alone for a while", async () => {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const index = `weaviate://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const series = { symbols: ["AAA", "BBB"], history: HISTORY, rows: HISTORY + 1 };
    const world = await liveWorld({ path: at.path, ...series, index });
    const asked = new Promise((resolve) => server.once("connection", resolve));
    const stop = new AbortController();
    const here = liveHere(stop.signal);
    let over = false;
    const showing = here.activities
      .show(world.ref(0))
      .catch(() => null)
      .finally(() => (over = true));
    await asked;
    world.append(1, HISTORY, HISTORY + 1);
    expect(await here.parts.pollSource(world.ref(1))).toMatchObject({ added: 1 });
    expect(over).toBe(false);
    stop.abort(new Error("enough"));
    await showing;
    await here.close();

    [hangsUp, came] = [true, 0];
    const first = await showState(world.ref(0), tools());
    expect(first.failure).not.toBeNull();
    const before = came;
    expect(before).toBeGreaterThan(0);
    expect(await showState(world.ref(1), tools())).toMatchObject({ anchor: null, failure: first.failure });
    expect(came).toBe(before);
    clock.now += 60_000;
    await showState(world.ref(0), tools());
    expect(came).toBeGreaterThan(before);
  });
});
