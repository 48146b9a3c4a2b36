import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { IncompleteWrite } from "../../memory/pattern-index.ts";
import { refusal } from "../../testing/refusal.ts";
import { Connection } from "./connection.ts";
import { parseWeaviateAddress } from "./address.ts";
import { refusedCall } from "./failure.ts";
import type { Pace } from "./pace.ts";
import { TenantCollection, type NewObject } from "./tenant-collection.ts";
import { AT_ONCE, CHUNK, writeObjects } from "./write-objects.ts";

// Faults that a real server cannot be brought to show when they are wanted.

type Batch = readonly { readonly id: string }[];
type Reply = { readonly status?: number; readonly body?: unknown; readonly cut?: boolean };

let server: Server | null = null;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  server = null;
});

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const part of request) text += String(part);
  return text;
}

/** A server that answers the n-th call of `POST /v1/batch/objects` as it is told. */
async function fake(reply: (batch: Batch, call: number) => Reply | Promise<Reply>): Promise<string> {
  let calls = 0;
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { objects } = JSON.parse(await bodyOf(request)) as { objects: Batch };
    const { status = 200, body, cut } = await reply(objects, calls++);
    if (cut) return void request.socket.destroy();
    response.writeHead(status, { "content-type": "application/json" });
    response.end(JSON.stringify(body ?? acknowledged(objects)));
  };
  server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server!.listen(0, "127.0.0.1", resolve));
  return `weaviate://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function acknowledged(objects: Batch): unknown {
  return objects.map(({ id }) => ({ id, result: { status: "SUCCESS" } }));
}

/** A clock that runs only when somebody sleeps. */
function clock(): Pace & { readonly slept: number[] } {
  const slept: number[] = [];
  return {
    slept,
    now: () => slept.reduce((sum, ms) => sum + ms, 0),
    sleep: async (ms) => void slept.push(ms),
  };
}

function into(address: string, pace: Pace, deadlineMs = 2_000): TenantCollection {
  const connection = new Connection(parseWeaviateAddress(address), { pace, deadlineMs, patienceMs: 10_000 });
  return new TenantCollection(connection, "C", "t");
}

function objects(count: number, from = 0): NewObject[] {
  return Array.from({ length: count }, (_, i) => ({ id: `id-${from + i}`, properties: {} }));
}

async function* portions(...sizes: number[]): AsyncGenerator<readonly NewObject[]> {
  let from = 0;
  for (const size of sizes) {
    yield objects(size, from);
    from += size;
  }
}

describe("writing objects", () => {
  it("counts what was acknowledged by name, and tells how far it is", async () => {
    const seen: number[] = [];
    const at = into(await fake((batch) => ({ body: acknowledged(batch) })), clock());
    const onProgress = (done: number): void => void seen.push(done);
    expect(await writeObjects(at, portions(2 * CHUNK + 1, 3), { onProgress })).toBe(2 * CHUNK + 4);
    expect(seen.at(-1)).toBe(2 * CHUNK + 4);
  });

  it("takes nothing for written where the server is read-only, though it names all but the first as written", async () => {
    const pace = clock();
    const readOnly = (batch: Batch): Reply => {
      const [first, ...others] = acknowledged(batch) as readonly object[];
      const errors = { error: [{ message: "store is read-only" }] };
      return { body: [{ ...first, result: { status: "FAILED", errors } }, ...others] };
    };
    const at = into(await fake(readOnly), pace);
    const error = (await refusal(writeObjects(at, portions(5)))) as IncompleteWrite;
    expect(error.missing).toHaveLength(5);
    expect(error.message).toMatch(/make room/);
    expect(pace.slept).toEqual([]);
  });

  it("sends again, later and later, while the answer is that of a server in trouble", async () => {
    const pace = clock();
    const troubles: Reply[] = [
      { status: 503, body: {} },
      { cut: true },
      { status: 500, body: {} },
      { status: 429 },
    ];
    const at = into(await fake((_, call) => troubles[call] ?? {}), pace);
    expect(await writeObjects(at, portions(5))).toBe(5);
    expect(pace.slept).toEqual([100, 200, 400, 800]);
  });

  it("never sends again what a server refuses to take", async () => {
    const pace = clock();
    let calls = 0;
    const reason = "no such prop with name 'x'";
    const address = await fake((batch) => {
      calls++;
      const body = batch.map(({ id }) => ({
        id,
        result: { status: "FAILED", errors: { error: [{ message: reason }] } },
      }));
      return { body };
    });
    const error = await refusal(writeObjects(into(address, pace), portions(3)));
    expect(error).toBeInstanceOf(IncompleteWrite);
    expect((error as IncompleteWrite).missing).toEqual(["id-0", "id-1", "id-2"]);
    expect(error.message).toContain(reason);
    expect([calls, pace.slept]).toEqual([1, []]);
  });

  it("says of vectors of another length which lengths, and of a failure before anything was sent what it was", async () => {
    const reason =
      "Validate vector index embedding: new node has a vector with length 8. Existing nodes have vectors with length 5: vector dimensions do not match";
    const address = await fake((batch) => {
      const failed = { status: "FAILED", errors: { error: [{ message: reason }] } };
      return { body: batch.map(({ id }) => ({ id, result: failed })) };
    });
    const error = await refusal(writeObjects(into(address, clock()), portions(3)));
    expect(error.message).toMatch(/vectors of 8 values.*an index of vectors of 5.*rebuild/);
    const forbidden = refusedCall("place", "POST /tenants", 403, '{"message":"user read"}');
    const unsent = async function* (): AsyncGenerator<readonly NewObject[]> {
      yield await Promise.reject(forbidden);
    };
    await expect(writeObjects(into(address, clock()), unsent())).rejects.toBe(forbidden);
  });

  it("sends again only what is missing, and names it where it stays so", async () => {
    const sent: string[][] = [];
    const address = await fake((batch) => {
      sent.push(batch.map(({ id }) => id));
      return { body: acknowledged(batch.filter(({ id }) => id !== "id-1")) };
    });
    const error = (await refusal(writeObjects(into(address, clock()), portions(3)))) as IncompleteWrite;
    expect(error.missing).toEqual(["id-1"]);
    expect(sent).toEqual([["id-0", "id-1", "id-2"]]);
    const passing = await fake((batch, call) => {
      sent.push(batch.map(({ id }) => id));
      const errors = { error: [{ message: "context deadline exceeded" }] };
      const failed = { id: "id-2", result: { status: "FAILED", errors } };
      return call === 0 ? { body: [...(acknowledged(batch.slice(0, 2)) as []), failed] } : {};
    });
    expect(await writeObjects(into(passing, clock()), portions(3))).toBe(3);
    expect(sent.slice(1)).toEqual([["id-0", "id-1", "id-2"], ["id-2"]]);
  });

  it("gives up after its patience, and names what it does not know to be there", async () => {
    const pace = clock();
    const at = into(await fake(() => ({ status: 503, body: {} })), pace);
    const error = (await refusal(writeObjects(at, portions(4)))) as IncompleteWrite;
    expect(error.missing).toHaveLength(4);
    expect(pace.now()).toBeLessThanOrEqual(10_000);
    expect(pace.slept.length).toBeGreaterThan(5);
  });

  it("ends a call that is not answered by its deadline", async () => {
    const at = into(await fake(() => new Promise(() => {})), clock(), 20);
    const error = await refusal(writeObjects(at, portions(1)));
    expect(error.message).toMatch(/none within 0.12 s/);
  });

  it("asks its producer for more only when there is room, and stops asking when something went wrong", async () => {
    let release = (): void => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    let full = (): void => {};
    const allUnderWay = new Promise<void>((resolve) => (full = resolve));
    let under = 0;
    let most = 0;
    const address = await fake(async () => {
      most = Math.max(most, ++under);
      if (under === AT_ONCE) full();
      await held;
      under--;
      return {};
    });
    let asked = 0;
    const producer = async function* (): AsyncGenerator<readonly NewObject[]> {
      for (; asked < 100; asked++) yield objects(CHUNK, asked * CHUNK);
    };
    const writing = writeObjects(into(address, clock()), producer());
    await allUnderWay;
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(asked).toBeLessThanOrEqual(AT_ONCE);
    release();
    expect(await writing).toBe(100 * CHUNK);
    expect(most).toBe(AT_ONCE);

    asked = 0;
    const refusing = await fake(() => ({ status: 422, body: { error: [{ message: "no" }] } }));
    await refusal(writeObjects(into(refusing, clock()), producer()));
    expect(asked).toBeLessThan(4 * AT_ONCE);
  });

  it("lets a producer's own error and the caller's stop through as they are, with nothing left under way", async () => {
    const wrong = new RangeError("the truth is damaged");
    const at = into(await fake(() => ({})), clock());
    const producer = async function* (): AsyncGenerator<readonly NewObject[]> {
      yield objects(1);
      throw wrong;
    };
    await expect(writeObjects(at, producer())).rejects.toBe(wrong);
    const stop = new AbortController();
    const endless = async function* (): AsyncGenerator<readonly NewObject[]> {
      for (let i = 0; ; i++) {
        if (i === 5) stop.abort(new Error("stopped"));
        yield objects(1, i);
      }
    };
    await expect(writeObjects(at, endless(), { signal: stop.signal })).rejects.toThrow("stopped");
  });

  it("says in words that nothing listens, that the key is wrong, that the disk is full", async () => {
    const gone = await fake(() => ({}));
    await new Promise((resolve) => server!.close(resolve));
    const nobody = await refusal(writeObjects(into(gone, clock()), portions(1)));
    expect(nobody.message).toMatch(/nothing listens there/);
    const status = async (code: number, message: string): Promise<string> => {
      const address = await fake(() => ({ status: code, body: { error: [{ message }] } }));
      const { message: said } = await refusal(writeObjects(into(address, clock()), portions(1)));
      return said;
    };
    expect(await status(401, "")).toMatch(/RHYME_WEAVIATE_KEY/);
    expect(await status(500, "store is read-only due to disk usage")).toMatch(/make room/);
  });
});
