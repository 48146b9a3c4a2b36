import type { MemoryFolder } from "../lib/adapters/sqlite/open-memory.ts";
import type { SeriesHolding } from "../lib/adapters/sqlite/summary.ts";
import { RhymeError } from "../lib/errors.ts";

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
