// Names that client, workers and workflows share; plain constants, so that workflows may import them.

export const NAMESPACE = "rhyme";

/** Activities of every kind but encoding, and all workflows. */
export const CPU_QUEUE = "rhyme-cpu";

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
  return `${backfillId(job)}/${symbol}/${timeframe}`;
}

/** One series that is followed. */
export function liveId(tenant: string, source: string, symbol: string, timeframe: string): string {
  return `live/${tenant}/${source}/${symbol}/${timeframe}`;
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
  return `label/${tenant}/${encodeURIComponent(memory)}`;
}
