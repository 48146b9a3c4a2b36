// Names that client, workers and workflows share; plain constants, so that workflows may import them.

export const NAMESPACE = "rhyme";

/** All workflows, and their activities that read, compute and write. */
export const CPU_QUEUE = "rhyme-cpu";

/** What series that are followed do: a candle does not wait until a backfill leaves a slot. */
export const LIVE_QUEUE = "rhyme-live";

/** What is through in a moment, the cancellation of a run among it: it waits for nothing that computes. */
export const SHORT_QUEUE = "rhyme-short";

/** Encoding alone: a worker here does one thing at a time. */
export const GPU_QUEUE = "rhyme-gpu";

/** Search attributes, all keywords. */
export const SYMBOL_ATTRIBUTE = "RhymeSymbol";
export const ENCODER_ATTRIBUTE = "RhymeEncoder";

/** Who is asked for a running job, so that the same job is never run twice at once. */
export function backfillId(job: string): string {
  return `backfill/${job}`;
}

/** One series of a backfill. */
export function seriesId(job: string, symbol: string, timeframe: string): string {
  return `${backfillId(job)}/${parts(symbol, timeframe)}`;
}

/** Symbols of exchanges have slashes of their own (BTC/USDT): whoever reads an id decodes its parts (workflow-ids.ts). */
function parts(...of: readonly string[]): string {
  return of.map(encodeURIComponent).join("/");
}

/** One series that is followed. @param memory its mark (memory-mark.ts): a tenant may have several */
export function liveId(
  tenant: string,
  memory: string,
  {
    source,
    symbol,
    timeframe,
  }: { readonly source: string; readonly symbol: string; readonly timeframe: string },
): string {
  return `live/${parts(tenant, memory, source, symbol, timeframe)}`;
}

export function ingestId(job: string): string {
  return `ingest/${job}`;
}

export function trainId(job: string): string {
  return `train/${job}`;
}

export function reembedId(job: string): string {
  return `reembed/${job}`;
}

export function auditId(job: string): string {
  return `audit/${job}`;
}

/** Outcomes of one tenant's memory. */
export function labelId(tenant: string, memory: string): string {
  return `label/${parts(tenant, memory)}`;
}
