import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Encoder } from "../../encoder/encoder.ts";
import { encodeArtefact } from "../../encoder/load-encoder.ts";
import { RhymeError } from "../../errors.ts";
import { makeTrustReport } from "../../evaluation/trust/make-trust-report.ts";
import type { TrustReport } from "../../evaluation/trust/trust-report.ts";
import { trustRows } from "../../evaluation/trust/trust-rows.ts";
import { walkForward } from "../../evaluation/trust/walk-forward.ts";
import { viewAt } from "../../remember/views.ts";
import { iso } from "../../time/units.ts";
import { writeAtomically } from "../files/write-atomically.ts";
import type { MemoryFolder } from "../sqlite/open-memory.ts";
import type { TrainWish } from "./train-encoder.ts";
import type { Work } from "./work.ts";

/** Where an encoder of a memory comes from. */
export interface Lineage {
  readonly schema: "rhyme.lineage/1";
  readonly version: string;
  readonly wish: Omit<TrainWish, "until"> & { readonly until: string };
  /** The newest fact that it has seen, and the hash of all of them. */
  readonly knownAt: string;
  readonly dataHash: string;
  /** Of fitting: losses of validation beside those of the untrained layers and of saying the mean. */
  readonly scores: Readonly<Record<string, number>>;
}

/** Beside the encoders that a memory keeps: `artefacts/encoders/<version>/`. */
function shelfOf(memory: string, version: string): string {
  return join(memory, "artefacts", "encoders", version);
}

/** Writes where an encoder comes from; the same again is the same file. */
export function keepLineage(memory: string, wish: TrainWish, encoder: Encoder): Lineage {
  const manifest = encodeArtefact(encoder).find(({ name }) => name === "encoder.json")!;
  const { dataHash, scores } = JSON.parse(new TextDecoder().decode(manifest.bytes)) as Pick<
    Lineage,
    "dataHash" | "scores"
  >;
  const lineage: Lineage = {
    schema: "rhyme.lineage/1",
    version: encoder.version,
    wish: { ...wish, until: iso(wish.until) },
    knownAt: iso(encoder.knownAt),
    ...{ dataHash, scores },
  };
  writeAtomically(join(shelfOf(memory, encoder.version), "lineage.json"), text(lineage));
  return lineage;
}

/**
 * How far the answers of an encoder could have been trusted after its fold, before any memory holds its moments: the
 * past of its series is embedded and asked in RAM. A text says why there are no figures. Kept beside its lineage.
 */
export async function keepTrust(
  folder: MemoryFolder,
  encoder: Encoder,
  { series, until }: Pick<TrainWish, "series" | "until">,
  of: { readonly tenant: string; readonly horizon: string },
  work: Work,
): Promise<TrustReport | string> {
  const report = await trustAfter(folder, encoder, { series, until }, of, work);
  const file = join(shelfOf(folder.path, encoder.version), `trust-${of.horizon}.json`);
  writeAtomically(
    file,
    text(typeof report === "string" ? { schema: "rhyme.trust/1", none: report } : report),
  );
  return report;
}

/** By horizon, what was kept beside an encoder's lineage. */
export function keptTrust(memory: string, version: string): ReadonlyMap<string, unknown> {
  const shelf = shelfOf(memory, version);
  const names = readdirSync(shelf).flatMap((name) => /^trust-(.+)\.json$/.exec(name)?.[1] ?? []);
  return new Map(
    names.map((horizon) => [horizon, JSON.parse(readFileSync(join(shelf, `trust-${horizon}.json`), "utf8"))]),
  );
}

async function trustAfter(
  folder: MemoryFolder,
  encoder: Encoder,
  { series, until }: Pick<TrainWish, "series" | "until">,
  { tenant, horizon }: { readonly tenant: string; readonly horizon: string },
  { signal, onProgress }: Work,
): Promise<TrustReport | string> {
  try {
    const { records, folds } = await walkForward(folder.candles, {
      ...{ tenant, horizon, members: series, asked: series, signal },
      folds: [{ from: until + 1, to: Infinity }],
      fit: async () => encoder,
      onProgress: (share, note) =>
        onProgress?.({ what: "asking after the fold", done: share, total: 1, note }),
    });
    const rows = await trustRows(folder.candles, records, { from: -Infinity, to: Infinity, asOf: Infinity });
    const calendars = rows.series.map((key) => viewAt(folder.candles, key, Infinity).series.calendar.name);
    return makeTrustReport(rows, { tenant, horizon, refit: "never", folds, calendars });
  } catch (error) {
    if (!(error instanceof RhymeError) || !["time", "input"].includes(error.kind)) throw error;
    return `expected ${error.fields.expected}, got ${error.fields.received}`;
  }
}

function text(value: unknown): string {
  return `${JSON.stringify(value, null, 1)}\n`;
}
