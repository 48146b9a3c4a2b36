import { RhymeError } from "../../errors.ts";
import { checkNamed } from "./named-rows.ts";
import type { Store } from "./store.ts";
import { pairDigest, readTallies, Tally, type TallyKey } from "./tally.ts";
import type { Problem } from "./verify-memory.ts";

/** Rows that are counted, with what their tally is kept by. */
const COUNTED: Readonly<Record<Exclude<TallyKey["kind"], "names" | "record">, string>> = {
  candles: "SELECT 0, '', series, digest, NULL FROM candles",
  late: "SELECT 0, '', series, digest, known_at FROM candles WHERE late = 1",
  patterns: "SELECT memory, '', series, digest, NULL FROM patterns",
  forecasts: "SELECT memory, horizon, series, digest, NULL FROM forecasts",
  contexts: "SELECT memory, horizon, series, digest, NULL FROM contexts",
  context_revisions: "SELECT memory, horizon, series, digest, NULL FROM context_revisions",
};

/** Names every group of rows of which some are missing or were not written. */
export function verifyTallies(store: Store): readonly Problem[] {
  return named((problems) => {
    checkNamed(store);
    verifyRecords(store, problems);
    for (const kind of Object.keys(COUNTED) as (keyof typeof COUNTED)[])
      store.snapshot(() => verifyKind(store, kind, problems));
  });
}

/** The small tables and the tallies themselves, without the rows that they count. */
export function verifyNames(store: Store): readonly Problem[] {
  return named(() => {
    checkNamed(store);
    readTallies(store, "TRUE", []);
  });
}

function named(work: (problems: Problem[]) => void): readonly Problem[] {
  const problems: Problem[] = [];
  try {
    work(problems);
  } catch (error) {
    if (!(error instanceof RhymeError)) throw error;
    const { place, expected, received } = error.fields;
    problems.push({ place, expected, received });
  }
  return problems;
}

function verifyRecords(store: Store, problems: Problem[]): void {
  for (const { key } of readTallies(store, "kind = 'record'", [])) {
    const [tenant, source, symbol, timeframe, encoder, horizon] = JSON.parse(key.part) as string[];
    const where =
      "tenant = ? AND source = ? AND symbol = ? AND timeframe = ? AND encoder = ? AND horizon = ?";
    const named = [tenant!, source!, symbol!, timeframe!, encoder!, horizon!];
    if (store.row(`SELECT 1 FROM records WHERE ${where}`, ...named)) continue;
    problems.push({
      place: `record of ${symbol} ${horizon}, tenant ${tenant}`,
      expected: "a record",
      received: "none",
    });
  }
}

function verifyKind(store: Store, kind: keyof typeof COUNTED, problems: Problem[]): void {
  const found = new Map<string, Tally>();
  store.scan(COUNTED[kind], [], ([memory, part, series, digest, known]) => {
    const name = JSON.stringify([memory, part, series]);
    let tally = found.get(name);
    if (!tally) found.set(name, (tally = new Tally()));
    tally.add(known === null ? (digest as number) : pairDigest(known as number, digest as number));
  });
  const written = new Map(
    readTallies(store, "kind = ?", [kind]).map(({ key, tally }) => [
      JSON.stringify([key.memory, key.part, key.series]),
      tally,
    ]),
  );
  for (const name of new Set([...written.keys(), ...found.keys()])) {
    const [all, now] = [written.get(name) ?? new Tally(), found.get(name) ?? new Tally()];
    if (now.equals(all)) continue;
    const place = `${kind} of memory, part and series ${name}`;
    const tell = (of: Tally): string => `${of.rows} rows with sum ${of.sum}`;
    problems.push({ place, expected: tell(all), received: tell(now) });
  }
}
