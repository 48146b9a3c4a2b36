import type { CandleFacts } from "../../candles/candle-facts.ts";
import { RhymeError } from "../../errors.ts";
import { seriesName } from "../../memory/names.ts";
import { iso, type EpochMs } from "../../time/units.ts";
import { mergeFacts, type MergeReport } from "./fact-writer.ts";
import type { Store } from "./store.ts";

/** What became of imported facts. */
export type ImportReport = MergeReport;

/**
 * Facts with their own `knownAt`, whole or not at all. Bars behind the newest stored one keep it, corrections and late
 * flags too, so an export comes back as it was. Of earlier bars the past is already told: there only the newest fact
 * counts, as of `now`, and only where it says something new. A second import changes nothing.
 * @throws RhymeError "input" for a fact that is not known yet, "mismatch" for another calendar
 */
export function importFacts(store: Store, facts: CandleFacts, now: EpochMs): ImportReport {
  const early = facts.knownAt.findIndex((known) => known > now);
  if (early >= 0)
    throw new RhymeError("input", {
      place: `candles of ${seriesName(facts)}, row ${early + 1}`,
      expected: `a fact known by now, ${iso(now)}`,
      received: iso(facts.knownAt[early]!),
      remedy: "Check the clock of this machine and the known_at column.",
    });
  return mergeFacts(store, facts, now, "asFacts");
}
