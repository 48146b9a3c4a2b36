import { v5 } from "uuid";
import type { FilterValue } from "weaviate-client";
import { LIVE_STATE_TTL_MS, liveMarketState } from "../../../../weaviate/schema.ts";
import { PATTERN_NAMESPACE } from "../../memory/pattern-id.ts";
import type { EpochMs } from "../../time/units.ts";
import type { LiveState, LiveStates } from "../../remember/live.ts";
import { allOf, byIds, byProperty } from "./by-property.ts";
import { from, storedInstant } from "./instants.ts";
import { MOMENT_PROPERTIES, momentProperties, putAll, readMoment } from "./moment-properties.ts";
import type { StoredObject, TenantCollection } from "./tenant-collection.ts";

type Detail = Omit<LiveState, "embedding">;

/**
 * One tenant's live states on a Weaviate, at most 10,000. The server deletes those whose `expiresAt` has passed by its
 * schedule (a quarter of an hour); until then every read leaves them out itself, because the server (1.39) hides them only
 * where `expiresAt` is among the properties that are read. Two writers of one series at once are not held apart: the later moment wins but for the instant
 * between reading and writing.
 */
export function weaviateLiveStates(objects: TenantCollection): LiveStates {
  const { place, tenant } = objects;
  const alive = async (now: EpochMs, filters: readonly FilterValue[]): Promise<readonly LiveState[]> => {
    if (!(await objects.exists())) return [];
    const unexpired = byProperty("expiresAt").greaterOrEqual(from(now + 1));
    const found = await objects.where({
      properties: MOMENT_PROPERTIES,
      filters: allOf(unexpired, ...filters),
    });
    return found.map((one) => stateOf(place, one));
  };
  const get: LiveStates["get"] = async ({ symbol, timeframe }, now) =>
    (await alive(now, [byIds([idOf(tenant, symbol, timeframe)])]))[0] ?? null;
  return {
    get,
    put: async (state, now) => {
      await objects.ensure(liveMarketState());
      const there = await get(state, now);
      if (there && there.anchor > state.anchor) return false;
      const { embedding: _embedding, ...detail } = state;
      const properties = {
        ...momentProperties(`${place}, ${state.symbol}`, state),
        expiresAt: storedInstant(`${place}, expiresAt`, now + LIVE_STATE_TTL_MS),
        detail: JSON.stringify(detail satisfies Detail),
      };
      await putAll(objects, [{ id: idOf(tenant, state.symbol, state.timeframe), properties }]);
      return true;
    },
    list: async (now) => {
      const name = ({ symbol, timeframe }: LiveState): string => JSON.stringify([symbol, timeframe]);
      return (await alive(now, [])).toSorted((a, b) => (name(a) < name(b) ? -1 : 1));
    },
  };
}

/** UUIDv5 of the JSON array `["live", tenant, symbol, timeframe]`. */
function idOf(tenant: string, symbol: string, timeframe: string): string {
  return v5(JSON.stringify(["live", tenant, symbol, timeframe]), PATTERN_NAMESPACE);
}

function stateOf(place: string, found: StoredObject): LiveState {
  const { detail, embedding } = readMoment(place, found);
  return { ...(detail as Detail), embedding };
}
