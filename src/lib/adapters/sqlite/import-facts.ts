import { lateByOwnWord, type CandleFacts } from "../../candles/candle-facts.ts";
import { RhymeError } from "../../errors.ts";
import { seriesName } from "../../memory/names.ts";
import { iso, type EpochMs } from "../../time/units.ts";
import { mergeFacts, type MergeReport } from "./fact-writer.ts";
import type { Store } from "./store.ts";

/** What became of imported facts. */
export type ImportReport = MergeReport;

/**
 * Facts with their own `knownAt`, whole or not at all; a second import changes nothing. As long as nothing of the
 * series was remembered, an export comes back as it was, in whatever order and portions. Once the past is told, bars
 * behind the newest stored one still keep their `knownAt`, corrections and late flags too; of earlier bars only the
 * newest fact counts, as of `now`, and only where it says something new. So too where a file contradicts what is stored.
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
  return mergeFacts(store, lateByOwnWord(facts), now, "asFacts");
}
