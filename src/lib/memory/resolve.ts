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
