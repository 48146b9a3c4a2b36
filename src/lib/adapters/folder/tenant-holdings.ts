import type { MemoryFolder } from "../sqlite/open-memory.ts";
import type { SeriesHolding } from "../sqlite/summary.ts";
import { RhymeError } from "../../errors.ts";
import { DEFAULT_CHANNEL } from "../../memory/names.ts";
import { readThrough, type Wanted } from "../../memory/resolve.ts";

/**
 * What a tenant has remembered and a command may read: through the channel where no encoder is named.
 * @throws RhymeError "usage" as `tenantHoldings`
 */
export function readableHoldings(
  folder: MemoryFolder,
  {
    tenant,
    channel = DEFAULT_CHANNEL,
    ...wanted
  }: Wanted & { readonly tenant: string; readonly channel?: string },
): readonly SeriesHolding[] {
  const row = folder.channels.get(tenant, channel);
  if (row === null && channel !== DEFAULT_CHANNEL) throw noChannel(folder, tenant, channel);
  return readThrough(tenantHoldings(folder, tenant), wanted, row?.encoder ?? null);
}

function noChannel(folder: MemoryFolder, tenant: string, channel: string): RhymeError {
  const known = folder.channels.list(tenant).map((row) => row.channel);
  return new RhymeError("usage", {
    place: `--channel ${channel}`,
    expected:
      known.length > 0 ? `a channel of tenant ${tenant}: ${known.join(", ")}` : "no channel: there is none",
    received: channel,
    remedy: "Name one of them, or leave --channel out.",
  });
}

/** What a tenant has remembered. @throws RhymeError "usage" naming the tenants where it is none of them */
export function tenantHoldings(folder: MemoryFolder, tenant: string): readonly SeriesHolding[] {
  const all = folder.holdings();
  const mine = all.filter((held) => held.tenant === tenant);
  if (mine.length > 0 || all.length === 0) return mine;
  const tenants = [...new Set(all.map((held) => held.tenant))].sort();
  throw new RhymeError("usage", {
    place: `--tenant ${tenant}`,
    expected: `a tenant of this memory: ${tenants.join(", ")}`,
    received: tenant,
    remedy: "Name one of them, or remember candles for this one.",
  });
}
