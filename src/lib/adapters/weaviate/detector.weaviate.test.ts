import { expect, it } from "vitest";
import { AnomalyDetector } from "../../anomaly/detector.ts";
import { residualColumns } from "../../anomaly/residual-columns.ts";
import { createRng } from "../../math/rng.ts";
import { indexedMemory } from "../../memory/indexed-memory.ts";
import { needs } from "../../testing/require.ts";
import { DIM, SERIES, someContexts, somePatterns, T0 } from "../../testing/some-patterns.ts";
import { temporaryFolder } from "../../testing/temporary-folder.ts";
import { testServer } from "../../testing/weaviate-host.ts";
import { openMemoryFolder } from "../sqlite/open-memory.ts";

const weaviate = needs("weaviate");
const COUNT = 300;
const OF = { version: "detector1", dim: DIM };
const TENANT = "detector";

it.skipIf(weaviate.skip)(
  "the detector judges moments of a memory on a server as it does embedded",
  async () => {
    const at = temporaryFolder();
    const folder = openMemoryFolder(at.path, { mode: "write" });
    const server = await testServer();
    try {
      const truth = folder.memory(TENANT, OF);
      const rng = createRng(7);
      const vectors = Float32Array.from({ length: COUNT * DIM }, () => rng.normal());
      const lineage = { dataHash: "d", designHash: "g", encoderVersion: OF.version };
      const batch = somePatterns(COUNT, { vectors, lineage });
      await truth.put(batch);
      await truth.label(someContexts(batch));
      const index = server.tenant(TENANT).patterns({ encoderVersion: OF.version, dim: DIM });
      const source = folder.patternSource(TENANT, OF);
      const mirrored = indexedMemory(truth, source, index, { whenBehind: "sync" });
      const residuals = residualColumns([], [], null);
      const options = { series: SERIES, horizon: "4h", since: T0, k: 3 };
      const [here, there] = [truth, mirrored].map((one) => new AnomalyDetector(one, residuals, options));
      for (const row of [199, 250, 299]) {
        const judged = await there!.compare(batch.anchors[row]!);
        expect(judged).toEqual(await here!.compare(batch.anchors[row]!));
        expect(judged.pValue).not.toBeNull();
      }
    } finally {
      await server.close();
      folder.close();
      at.remove();
    }
  },
);
