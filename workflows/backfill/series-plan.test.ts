import { expect, it } from "vitest";
import { NOTHING_DONE, seriesPlan, type SeriesResult, type SeriesSteps } from "./plan.ts";

const input = {
  memory: "/memory",
  job: "a job",
  series: 0,
  encoder: "an encoder",
  horizons: ["1h", "4h", "1d"],
};

/** Steps over a memory that remembers what was done, three segments and three horizons. */
function stored(): SeriesSteps {
  let segments = 3;
  const labelled = new Set<string>();
  return {
    encodeChunk: async () => (segments === 0 ? null : { file: "a file", sha256: "", patterns: 100 }),
    commitChunk: async () => {
      segments--;
      return { written: 100, unchanged: 0 };
    },
    labelHorizon: async ({ horizon }) => {
      const fresh = !labelled.has(horizon);
      labelled.add(horizon);
      return { labelled: fresh ? 90 : 0, revised: fresh ? 1 : 0 };
    },
  };
}

class Continued extends Error {
  readonly sofar: SeriesResult;

  constructor(sofar: SeriesResult) {
    super("goes on in another run");
    this.sofar = sofar;
  }
}

/** Runs until the history is full before step `full`, again and again. */
async function inRuns(full: number): Promise<SeriesResult> {
  const steps = stored();
  let before = NOTHING_DONE;
  for (;;) {
    let begun = 0;
    const mayGoOn = async (sofar: SeriesResult): Promise<void> => {
      if (++begun > full) throw new Continued(sofar);
    };
    try {
      return await seriesPlan(input, steps, { mayGoOn }, before);
    } catch (error) {
      if (!(error instanceof Continued)) throw error;
      before = error.sofar;
      full++; // each looks again at what the one before has done
    }
  }
}

it("a series counts what all runs of its workflow have done, wherever the history was full", async () => {
  const whole = { patterns: 300, labelled: 273 };
  expect(await seriesPlan(input, stored(), { mayGoOn: async () => {} })).toEqual(whole);
  for (const full of [1, 2, 3, 4, 5, 6]) expect([full, await inRuns(full)]).toEqual([full, whole]);
});
