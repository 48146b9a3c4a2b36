/** What the id of a workflow says of its work: `backfill/JOB/BTCUSDT/5m`, `live/TENANT/SOURCE/BTC%2FUSDT/5m`. */
export interface WorkflowSubject {
  /** The same for all that one job or one series does: logs of its parts are found by it. */
  readonly correlation: string;
  readonly symbol: string | null;
  readonly timeframe: string | null;
}

/** Ids are made in queues.ts: kind and job, and for one series its symbol and timeframe last. */
export function subjectOf(workflowId: string): WorkflowSubject {
  const parts = workflowId.split("/");
  if (parts.length < 4) return { correlation: parts.slice(0, 2).join("/"), symbol: null, timeframe: null };
  const [symbol, timeframe] = parts.slice(-2).map(decoded);
  return { correlation: parts.slice(0, -2).join("/"), symbol: symbol!, timeframe: timeframe! };
}

/** Ids that others made may be encoded in no way: they are read as they are. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
