import type { Client } from "@temporalio/client";

/** Everything that is handed through Temporal is ids, ranges and hashes: this is more than enough for them. */
export const LARGEST_PAYLOAD = 16 * 1024;

export interface PayloadSize {
  readonly workflow: string;
  /** Number and kind of the event of its history. */
  readonly event: string;
  readonly bytes: number;
}

/** Every payload of every workflow of a namespace, the largest first; heartbeats are not in histories. */
export async function payloadSizes(client: Client): Promise<readonly PayloadSize[]> {
  const sizes: PayloadSize[] = [];
  for await (const { workflowId, runId } of client.workflow.list()) {
    const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    for (const event of events ?? [])
      for (const bytes of payloadsIn(event)) {
        const kind = Object.keys(event).find((name) => name.endsWith("Attributes")) ?? "";
        sizes.push({ workflow: workflowId, event: `${String(event.eventId)} ${kind}`, bytes });
      }
  }
  return sizes.sort((a, b) => b.bytes - a.bytes);
}

/** Bytes of all payloads below a message of the server: what has `metadata` and `data`. */
function payloadsIn(value: unknown): readonly number[] {
  if (value === null || typeof value !== "object" || value instanceof Uint8Array) return [];
  const { metadata, data } = value as { readonly metadata?: unknown; readonly data?: unknown };
  if (metadata && data instanceof Uint8Array) return [data.byteLength];
  return Object.values(value).flatMap(payloadsIn);
}
