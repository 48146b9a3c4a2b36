import type { SeriesHolding } from "../sqlite/summary.ts";
import { RhymeError } from "../../errors.ts";
import type { Wanted } from "../../memory/resolve.ts";

const FIELDS = ["symbol", "source", "timeframe", "encoder"] as const;

/**
 * The series that a trust report is about: all that fit and are labelled for the horizon. They share one encoder and
 * base timeframe, for only such moments answer each other.
 * @throws RhymeError "usage" listing the choices where none or several groups fit
 */
export function trustGroup(
  holdings: readonly SeriesHolding[],
  wanted: Wanted & { readonly horizon: string },
): readonly SeriesHolding[] {
  const fits = holdings.filter((held) =>
    FIELDS.every((field) => wanted[field] === undefined || held[field] === wanted[field]),
  );
  if (fits.length === 0) throw nothing(holdings, wanted);
  const labelled = fits.filter(({ contexts }) => Object.hasOwn(contexts, wanted.horizon));
  if (labelled.length === 0) throw unlabelled(fits, wanted.horizon);
  const groups = new Set(
    labelled.map(({ encoder, timeframe }) => `--timeframe ${timeframe} --encoder ${encoder}`),
  );
  if (groups.size === 1) return labelled;
  throw new RhymeError("usage", {
    place: "the series to replay",
    expected: "series of one encoder and base timeframe",
    received: `${groups.size} kinds of them`,
    remedy: `Choose one of:\n  ${[...groups].join("\n  ")}`,
  });
}

function nothing(holdings: readonly SeriesHolding[], wanted: Wanted): RhymeError {
  const said = FIELDS.filter((field) => wanted[field] !== undefined).map(
    (field) => `--${field} ${wanted[field]}`,
  );
  const names = [...new Set(holdings.map(({ symbol, timeframe }) => `${symbol} ${timeframe}`))];
  return new RhymeError("usage", {
    place: said.join(" ") || "the series to replay",
    expected: names.length > 0 ? `one that is remembered: ${names.join(", ")}` : "a remembered series",
    received: "none",
    remedy:
      names.length > 0 ? "Choose one of those." : "Nothing has been remembered here yet: run remember first.",
  });
}

function unlabelled(fits: readonly SeriesHolding[], horizon: string): RhymeError {
  const known = [...new Set(fits.flatMap(({ contexts }) => Object.keys(contexts)))];
  return new RhymeError("usage", {
    place: `--horizon ${horizon}`,
    expected: `one that is remembered: ${known.join(", ") || "none yet"}`,
    received: horizon,
    remedy: "Ask for one of those, or run remember again with --horizons.",
  });
}
