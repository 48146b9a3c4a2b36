import type { SeriesKey } from "../candles/candle-series.ts";
import { RhymeError } from "../errors.ts";

/** One thing that a memory folder can be asked about. */
export interface Holding extends SeriesKey {
  readonly encoder: string;
  readonly patterns: number;
}

/** What the asker said; undefined means "whichever there is". */
export interface Wanted {
  readonly symbol?: string | undefined;
  readonly source?: string | undefined;
  readonly timeframe?: string | undefined;
  readonly encoder?: string | undefined;
}

const FIELDS = ["symbol", "source", "timeframe", "encoder"] as const;

/**
 * What one who names no encoder may be answered from. A channel speaks for the base timeframes that its version holds:
 * of those, that version alone, or a symbol that it lacks would be answered by another one unnoticed.
 * @param reads the version that the channel reads; null: no version is preferred
 */
export function readThrough<H extends Holding>(
  holdings: readonly H[],
  wanted: Wanted,
  reads: string | null,
): readonly H[] {
  if (reads === null || wanted.encoder !== undefined) return holdings;
  const spokenFor = new Set(
    holdings.filter(({ encoder }) => encoder === reads).map((held) => held.timeframe),
  );
  return holdings.filter((held) => held.encoder === reads || !spokenFor.has(held.timeframe));
}

/** The one holding that fits. Throws RhymeError listing the choices when none or several do. */
export function resolveHolding<H extends Holding>(holdings: readonly H[], wanted: Wanted): H {
  const fits = holdings.filter((holding) =>
    FIELDS.every((field) => wanted[field] === undefined || holding[field] === wanted[field]),
  );
  if (fits.length === 1) return fits[0]!;
  const said = FIELDS.filter((field) => wanted[field] !== undefined).map(
    (field) => `--${field} ${wanted[field]}`,
  );
  const choices = (fits.length > 0 ? fits : holdings).map(
    (h) => `--symbol ${h.symbol} --source ${h.source} --timeframe ${h.timeframe} --encoder ${h.encoder}`,
  );
  throw new RhymeError("usage", {
    place: said.join(" ") || "the question",
    expected: "exactly one remembered series",
    received: fits.length === 0 ? "none" : `${fits.length} of them`,
    remedy:
      choices.length === 0
        ? "Nothing has been remembered here yet: run remember first."
        : `Choose one of:\n  ${choices.join("\n  ")}`,
  });
}
