import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { openWeaviate, type WeaviateServer } from "../../src/lib/adapters/weaviate/open-weaviate.ts";
import { needs } from "../../src/lib/testing/require.ts";
import { temporaryFolder } from "../../src/lib/testing/temporary-folder.ts";
import { logged, tools } from "../testing/live-steps.ts";
import { keyOf } from "../../src/lib/candles/candle-series.ts";
import { liveWorld } from "../testing/live-world.ts";
import { advanceSeries } from "./advance.ts";
import { answerSeries } from "./answer.ts";
import { forgetLive } from "./live-memory.ts";
import { pollSource } from "./poll.ts";
import { showState } from "./show.ts";

const weaviate = needs("weaviate");
const HISTORY = 900;

describe.skipIf(weaviate.skip)("on an index", () => {
  const at = temporaryFolder();
  let server: WeaviateServer;
  beforeAll(async () => {
    const { address, key } = inject("weaviate")!;
    process.env["RHYME_WEAVIATE_KEY"] = key;
    server = await openWeaviate(address, { key });
  });
  afterAll(async () => {
    forgetLive();
    delete process.env["RHYME_WEAVIATE_KEY"];
    await server.close();
    at.remove();
  });

  it("stands the newest moment of a series that is followed, with its answer, candle by candle", async () => {
    const { address } = inject("weaviate")!;
    const world = await liveWorld({ path: at.path, symbols: ["SHOWN"], history: HISTORY, rows: HISTORY + 3, index: address }); // prettier-ignore
    const ref = world.ref(0);
    const [series] = world.series;
    for (let row = HISTORY; row < HISTORY + 3; row++) {
      world.append(0, row, row + 1);
      await pollSource(ref, tools());
      await advanceSeries(ref, tools());
      await answerSeries({ ...ref, after: series!.knownAt[row - 1]!, patient: true }, tools());
      const shown = await showState(ref, tools());
      expect(shown).toMatchObject({ anchor: series!.knownAt[row], failure: null });
      expect(await showState(ref, tools())).toEqual(shown);
    }
    const state = await server.tenant("default").liveStates().get(keyOf(series!), tools().now());
    const newest = logged(world, "SHOWN").at(-1)!;
    expect(state).toMatchObject({ anchor: series!.knownAt.at(-1), encoderVersion: world.encoder.version });
    expect(state!.answer).toMatchObject({ id: newest.id, horizon: "1h" });
  });

  it("that cannot be reached holds nothing up", async () => {
    const world = await liveWorld({ path: `${at.path}/away`, history: HISTORY, rows: HISTORY, index: "weaviate://127.0.0.1:9" }); // prettier-ignore
    const shown = await showState(world.ref(0), tools());
    expect(shown.anchor).toBe(world.series[0]!.knownAt.at(-1));
    expect(shown.failure).not.toBeNull();
  });
});
