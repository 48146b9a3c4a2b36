import { existsSync } from "node:fs";
import { readEncoderFolder } from "../../artefacts/encoder-folder.ts";
import type { MemoryFolder } from "../../sqlite/open-memory.ts";
import type { SeriesHolding } from "../../sqlite/summary.ts";
import type { Encoder } from "../../../encoder/encoder.ts";
import { RhymeError } from "../../../errors.ts";
import { DEFAULT_CHANNEL } from "../../../memory/names.ts";
import { heldEncoder } from "../held-encoders.ts";
import { tenantHoldings } from "../tenant-holdings.ts";
import { keyOf } from "../../../candles/candle-series.ts";
import type { VersionPlan, VersionSeries, VersionWish } from "./version-work.ts";

/**
 * What is to be done so that a channel reads an encoder version: every series of its base timeframe that is read now.
 * @param unsaid where no channel says which of several versions is read now: refuse, or go by none of them
 * @throws RhymeError "usage" where the tenant has none, or that is not said
 */
export async function planVersion(
  folder: MemoryFolder,
  wish: VersionWish,
  unsaid: "refuse" | "nothing" = "refuse",
): Promise<VersionPlan> {
  const { tenant, channel } = wish;
  const to = await encoderNamed(folder, wish.encoder);
  const base = to.design.timeframes[0]!;
  const held = tenantHoldings(folder, tenant).filter(({ timeframe }) => timeframe === base);
  if (held.length === 0) throw noSeries(wish, to, base);
  const row = folder.channels.get(tenant, channel) ?? folder.channels.get(tenant, DEFAULT_CHANNEL);
  const isRead = folder.channels.get(tenant, channel)?.encoder === to.version;
  const from = row
    ? row.encoder === to.version
      ? row.previous
      : row.encoder
    : onlyOther(held, to.version, wish, unsaid);
  const mine = held.filter(({ encoder }) => encoder === (from ?? to.version));
  const series = await Promise.all(mine.map((one) => seriesOf(folder, one, to, from)));
  return { tenant, channel, from, to, series, isRead };
}

/** Held by the memory, or an artefact on disk; the memory keeps it when the work begins. */
export async function encoderNamed(folder: MemoryFolder, name: string): Promise<Encoder> {
  const held = folder.encoders.list().some(({ version }) => version === name);
  if (held) return heldEncoder(folder, name);
  if (existsSync(name)) return readEncoderFolder(name);
  const versions = folder.encoders.list().map(({ version }) => version);
  throw new RhymeError("usage", {
    place: `--encoder ${name}`,
    expected: `the folder of an artefact, or a version that the memory keeps: ${versions.join(", ")}`,
    received: "neither",
    remedy: "Name one of them.",
  });
}

async function seriesOf(
  folder: MemoryFolder,
  held: SeriesHolding,
  to: Encoder,
  from: string | null,
): Promise<VersionSeries> {
  const { tenant, encoder, dim, patterns, lastAnchor: through } = held;
  const key = keyOf(held);
  const newest = await folder.memory(tenant, { version: encoder, dim }).at(key, Infinity, Infinity);
  const horizons = [...new Set([...Object.keys(newest?.base ?? {}), ...Object.keys(held.contexts)])].sort();
  const embedded = (await folder.memory(tenant, to).anchors(key)).length;
  return { ...key, horizons, moments: from === null ? 0 : patterns, through, embedded };
}

/** The version that is read where no channel says so: the only one beside the new one. */
function onlyOther(
  held: readonly SeriesHolding[],
  version: string,
  { tenant, channel }: VersionWish,
  unsaid: "refuse" | "nothing",
): string | null {
  const others = [...new Set(held.map(({ encoder }) => encoder))].filter((name) => name !== version);
  if (others.length <= 1) return others[0] ?? null;
  if (unsaid === "nothing") return null;
  throw new RhymeError("usage", {
    place: `channel ${channel} of tenant ${tenant}`,
    expected: "one version that is read now",
    received: `${others.join(", ")}, and no channel that says which`,
    remedy: `Say it first: ./rhyme weaviate switch --encoder ${others[0]}, with the same --memory and --index.`,
  });
}

function noSeries({ tenant }: VersionWish, { version, design }: Encoder, base: string): RhymeError {
  return new RhymeError("usage", {
    place: `--encoder ${version}`,
    expected: `series of ${base} in the memory of tenant ${tenant}: it reads ${design.timeframes.join()}`,
    received: "none",
    remedy: "Name an encoder for the timeframes that are remembered, or remember candles first.",
  });
}
