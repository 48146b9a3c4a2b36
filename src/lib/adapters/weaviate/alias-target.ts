import type { Channel } from "../sqlite/channels.ts";

/** What people and other tools read through the alias belongs to this channel. */
export const DEFAULT_CHANNEL = "default";
const DEFAULT_TENANT = "default";

/**
 * The encoder version that the alias `TradingPattern` leads to: there is one alias for all tenants, so it follows
 * tenant `default`, or, where that has no such channel, all the others when they agree. Null: it stays where it is.
 */
export function aliasTarget(channels: readonly Channel[]): string | null {
  const rows = channels.filter(({ channel }) => channel === DEFAULT_CHANNEL);
  const own = rows.find(({ tenant }) => tenant === DEFAULT_TENANT);
  if (own) return own.encoder;
  const versions = new Set(rows.map(({ encoder }) => encoder));
  return versions.size === 1 ? [...versions][0]! : null;
}
