import type { Channel } from "../sqlite/channels.ts";
import type { MemoryFolder } from "../sqlite/open-memory.ts";

/** What people and other tools read through the alias belongs to this channel. */
export const DEFAULT_CHANNEL = "default";
const DEFAULT_TENANT = "default";

/**
 * The encoder version that the alias `TradingPattern` leads to: there is one alias for all tenants, so it follows
 * tenant `default`, or, in a memory without that, all tenants where they agree. Null: it stays where it is, for one
 * tenant alone may be a canary.
 * @param tenants all that a memory holds something of
 */
export function aliasTarget(channels: readonly Channel[], tenants: readonly string[]): string | null {
  const reads = new Map(
    channels
      .filter(({ channel }) => channel === DEFAULT_CHANNEL)
      .map(({ tenant, encoder }) => [tenant, encoder]),
  );
  if (reads.has(DEFAULT_TENANT) || tenants.includes(DEFAULT_TENANT)) return reads.get(DEFAULT_TENANT) ?? null;
  const versions = new Set(tenants.map((tenant) => reads.get(tenant)));
  return versions.size === 1 ? ([...versions][0] ?? null) : null;
}

/** The same for what a memory holds. */
export function aliasTargetOf(folder: Pick<MemoryFolder, "channels" | "holdings">): string | null {
  return aliasTarget(folder.channels.list(), [...new Set(folder.holdings().map(({ tenant }) => tenant))]);
}
