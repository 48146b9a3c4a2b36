import path from "node:path";
import { afterAll, expect, it } from "vitest";
import { needs } from "../../lib/testing/require.ts";
import { temporaryFolder } from "../../lib/testing/temporary-folder.ts";
import { backfillLocally } from "../../../workflows/local.ts";
import { digestOf, LATER } from "../../../workflows/testing/backfill-fixture.ts";
import { rememberFiles } from "../remember-files.ts";
import { createUi } from "../ui.ts";
import { keepBackfill } from "./backfill-job.ts";

const data = needs("data");
const at = temporaryFolder();
afterAll(() => at.remove());

const signal = new AbortController().signal;
const timeframes = ["1d", "1w"];
const horizons = ["21d"];

it.skipIf(data.skip)(
  "a backfill in process of real candles, with an encoder fitted on them, ends with the bytes of remember",
  async () => {
    const file = path.join(process.env["RHYME_DATA"]!, "crypto", "ETHUSDT-1d.csv.gz");
    const [memory, other] = [path.join(at.path, "mine"), path.join(at.path, "other")];
    const ref = await keepBackfill(
      [file],
      { memory, tenant: "default", timeframes, horizons, chunk: 500 },
      { index: null, now: LATER },
    );
    const result = await backfillLocally(ref, { signal, threads: 1 });
    expect(result).toMatchObject({ series: 1, failed: 0 });
    await rememberFiles([file], {
      ...{ memory: other, tenant: "default", timeframes, horizons, now: LATER, given: {}, signal },
      ...{ reading: () => ({ now: LATER, signal }), ui: createUi({ quiet: true }) },
    });
    expect(digestOf(memory)).toEqual(digestOf(other));
    expect(result.questions).toBeGreaterThan(10);
  },
  300_000,
);
