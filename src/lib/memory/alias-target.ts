import { DEFAULT_CHANNEL, DEFAULT_TENANT } from "./names.ts";

/** Which encoder version a tenant reads through a channel. */
export interface ChannelRead {
  readonly tenant: string;
  readonly channel: string;
  readonly encoder: string;
}

/** What is asked of a memory folder. */
export interface ReadFolder {
  readonly channels: { list(): readonly ChannelRead[] };
  holdings(): readonly { readonly tenant: string }[];
}

/**
 * The encoder version that the alias `TradingPattern` leads to: there is one alias for all tenants, so it follows
 * tenant `default`, or, in a memory without that, all tenants where they agree. Null: it stays where it is, for one
 * tenant alone may be a canary.
 * @param tenants all that a memory holds something of
 */
export function aliasTarget(channels: readonly ChannelRead[], tenants: readonly string[]): string | null {
  const reads = new Map(
    channels
      .filter(({ channel }) => channel === DEFAULT_CHANNEL)
      .map(({ tenant, encoder }) => [tenant, encoder]),
  );
  if (reads.has(DEFAULT_TENANT) || tenants.includes(DEFAULT_TENANT)) return reads.get(DEFAULT_TENANT) ?? null;
  const versions = new Set(tenants.map((tenant) => reads.get(tenant)));
  return versions.size === 1 ? ([...versions][0] ?? null) : null;
}

/** The same for what a memory folder holds. */
export function aliasTargetOf(folder: ReadFolder): string | null {
  return aliasTarget(folder.channels.list(), [...new Set(folder.holdings().map(({ tenant }) => tenant))]);
}
