import type { ExportTable } from "../lib/adapters/files/export-columns.ts";
import { featureTableOf } from "../lib/adapters/files/export-features.ts";
import type { ExportSpan } from "../lib/adapters/sqlite/export-candles.ts";
import type { ExportHolding } from "../lib/adapters/sqlite/export-patterns.ts";
import type { MemoryFolder } from "../lib/adapters/sqlite/open-memory.ts";
import type { SeriesHolding } from "../lib/adapters/sqlite/summary.ts";
import type { SeriesKey } from "../lib/candles/candle-series.ts";
import { RhymeError } from "../lib/errors.ts";
import { DEFAULT_FEATURES, featureSetByName } from "../lib/features/feature-sets.ts";
import type { Wanted } from "../lib/memory/resolve.ts";
import { sortTimeframes } from "../lib/time/timeframe.ts";

export const EXPORTS = ["candles", "features", "embeddings", "contexts", "answers"] as const;
export type ExportWhat = (typeof EXPORTS)[number];

export interface TableWish extends Wanted {
  readonly what: ExportWhat;
  readonly tenant: string;
  readonly span: ExportSpan;
  readonly allFacts: boolean;
}

/** The table that was asked for. @throws RhymeError "usage" where the memory holds nothing of the kind */
export function tableOf(folder: MemoryFolder, wish: TableWish): ExportTable {
  const { what, span, allFacts } = wish;
  switch (what) {
    case "candles":
      return folder.tables.candles(chosenSeries(folder, wish), { ...span, allFacts });
    case "features":
      return features(folder, wish);
    case "embeddings":
      return folder.tables.embeddings(chosenHoldings(folder, wish), span);
    case "contexts":
      return folder.tables.contexts(chosenHoldings(folder, wish), span);
    case "answers":
      chosenHoldings(folder, wish, false);
      return folder.tables.answers(wish, span);
  }
}

type Stored = ReturnType<MemoryFolder["candles"]["list"]>;

function chosenSeries(folder: MemoryFolder, wish: Wanted): Stored {
  const stored = folder.candles.list();
  const chosen = stored.filter((series) => fits(series, wish));
  if (chosen.length > 0) return chosen;
  throw nothing("candles", wish, stored.map(nameOf));
}

/** All series of one encoder: embeddings and features of two never stand in one table. */
function chosenHoldings(folder: MemoryFolder, wish: TableWish, oneEncoder = true): readonly ExportHolding[] {
  const mine = folder.holdings(wish.tenant);
  assertTenant(folder, wish.tenant, mine);
  const chosen = mine.filter(
    (holding) => fits(holding, wish) && (wish.encoder === undefined || holding.encoder === wish.encoder),
  );
  if (chosen.length === 0)
    throw nothing(
      wish.what,
      wish,
      mine.map((held) => `${nameOf(held)} --encoder ${held.encoder}`),
    );
  const encoders = [...new Set(chosen.map(({ encoder }) => encoder))];
  if (oneEncoder && encoders.length > 1)
    throw new RhymeError("usage", {
      place: `--what ${wish.what}`,
      expected: "what one encoder has seen",
      received: `${encoders.length} encoders`,
      remedy: `Choose with --encoder ${encoders.join(" | ")}, or with --symbol and --timeframe.`,
    });
  const knownAt = new Map(folder.encoders.list().map((kept) => [kept.version, kept.knownAt]));
  return chosen.map((held) => ({ ...held, encoderKnownAt: knownAt.get(held.encoder) ?? -Infinity }));
}

/** The features of the encoder that looks at the series; of candles that none looks at yet, the default set. */
function features(folder: MemoryFolder, wish: TableWish): ExportTable {
  const { span } = wish;
  const unseen =
    wish.encoder === undefined && folder.holdings(wish.tenant).every((held) => !fits(held, wish));
  if (unseen) {
    const series = chosenSeries(folder, wish);
    const [first, other] = [...new Set(series.map(({ timeframe }) => timeframe))];
    if (other !== undefined) throw severalTimeframes(series.map(nameOf));
    return featureTableOf(folder.candles, {
      ...span,
      ...{ series, set: featureSetByName(DEFAULT_FEATURES), timeframes: [first!] },
    });
  }
  const series = chosenHoldings(folder, wish);
  const encoder = folder.encoders.list().find(({ version }) => version === series[0]!.encoder)!;
  const { featureSet, timeframes } = encoder;
  const set = featureSetByName(featureSet);
  return featureTableOf(folder.candles, { ...span, series, set, timeframes: sortTimeframes(timeframes) });
}

function fits(series: SeriesKey, wanted: Wanted): boolean {
  const names = ["symbol", "source", "timeframe"] as const;
  return names.every((name) => wanted[name] === undefined || series[name] === wanted[name]);
}

function nameOf({ symbol, source, timeframe }: SeriesKey): string {
  return `--symbol ${symbol} --source ${source} --timeframe ${timeframe}`;
}

function nothing(what: string, wanted: Wanted, choices: readonly string[]): RhymeError {
  const said = (["symbol", "source", "timeframe", "encoder"] as const)
    .filter((name) => wanted[name] !== undefined)
    .map((name) => `--${name} ${wanted[name]}`);
  return new RhymeError("usage", {
    place: said.join(" ") || `--what ${what}`,
    expected: "a series that this memory holds",
    received: "none",
    remedy: choices.length > 0 ? `It holds\n  ${choices.join("\n  ")}` : EMPTY,
  });
}

const EMPTY = "Nothing has been remembered here yet: run remember first.";

function severalTimeframes(choices: readonly string[]): RhymeError {
  return new RhymeError("usage", {
    place: "--what features",
    expected: "series of one base timeframe",
    received: "several",
    remedy: `Choose with --timeframe among\n  ${choices.join("\n  ")}`,
  });
}

/** @throws RhymeError "usage" where others have something here, and this tenant nothing */
export function assertTenant(folder: MemoryFolder, tenant: string, mine: readonly SeriesHolding[]): void {
  const tenants = [...new Set(folder.holdings().map((held) => held.tenant))];
  if (mine.length > 0 || tenants.length === 0) return;
  throw new RhymeError("usage", {
    place: `--tenant ${tenant}`,
    expected: `a tenant of this memory: ${tenants.join(", ")}`,
    received: tenant,
    remedy: "Name one of those.",
  });
}
