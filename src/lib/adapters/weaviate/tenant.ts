import type { SeriesKey } from "../../candles/candle-series.ts";
import { checkCount, type MemoryIdentity } from "../../memory/checks.ts";
import { checkEncoderVersion, checkTenant } from "../../memory/names.ts";
import type { PatternIndex } from "../../memory/pattern-index.ts";
import { ANOMALY_PATTERN, encoderOf, INDEX_MARK, LIVE_MARKET_STATE } from "../../../../weaviate/schema.ts";
import type { AnomalyPatterns, LiveStates } from "../../remember/live.ts";
import type { Connection } from "./connection.ts";
import { weaviateAnomalies } from "./anomaly-patterns.ts";
import { weaviateLiveStates } from "./live-states.ts";
import { seriesFilter } from "./pattern-filter.ts";
import { serverSchema } from "./server-schema.ts";
import { TenantCollection } from "./tenant-collection.ts";
import { weaviatePatterns } from "./weaviate-patterns.ts";

/**
 * One tenant of one server: the only way to data there. Made by `server.tenant(name)` alone, which has checked the
 * name; every call carries it, and the server keeps each tenant's objects in files of their own.
 */
export class TenantHandle {
  readonly name: string;
  readonly #connection: Connection;

  /** @internal see `makeTenant` */
  constructor(connection: Connection, name: string, made: typeof MADE) {
    if (made !== MADE) throw new TypeError("a tenant is made by server.tenant(name)");
    this.#connection = connection;
    this.name = name;
  }

  /** The server that this is a tenant of. */
  get place(): string {
    return this.#connection.place;
  }

  /** Patterns of one encoder version. @throws RhymeError "usage" for impossible names */
  patterns(of: Omit<MemoryIdentity, "tenant">): PatternIndex {
    checkEncoderVersion(of.encoderVersion);
    checkCount("dim", of.dim);
    return weaviatePatterns(this.#connection, { ...of, tenant: this.name });
  }

  /** The newest state of each live series. */
  liveStates(): LiveStates {
    return weaviateLiveStates(this.collection(LIVE_MARKET_STATE));
  }

  /** Moments that were unlike their past. */
  anomalies(): AnomalyPatterns {
    return weaviateAnomalies(this.collection(ANOMALY_PATTERN));
  }

  /** Deletes live states and anomalies of a series; its patterns are removed by the index of each version. */
  async removeMoments(series: SeriesKey): Promise<void> {
    for (const named of [LIVE_MARKET_STATE, ANOMALY_PATTERN]) {
      const objects = this.collection(named);
      if (await objects.exists()) await objects.delete(seriesFilter(series));
    }
  }

  /**
   * Deletes everything of this tenant on this server, in every collection of ours; what others have stays. Returns
   * the collections it was in. Interrupted, a repeat goes on.
   */
  async remove(): Promise<readonly string[]> {
    const all = (await serverSchema(this.#connection.rest).list()).map((found) => found.class);
    const had: string[] = [];
    for (const named of all.filter(isOurs).sort(marksFirst)) {
      const objects = this.collection(named);
      if (!(await objects.exists())) continue;
      await objects.removeAll();
      had.push(named);
    }
    return had;
  }

  /** This tenant's objects of one collection: what patterns, live states and anomalies are kept through. */
  collection(named: string): TenantCollection {
    return new TenantCollection(this.#connection, named, this.name);
  }
}

const MADE: unique symbol = Symbol("made by server.tenant");

function isOurs(collection: string): boolean {
  return encoderOf(collection) !== null || OURS.has(collection);
}

/** No mark may speak of data that are gone. */
function marksFirst(a: string, b: string): number {
  return Number(b === INDEX_MARK) - Number(a === INDEX_MARK);
}

const OURS: ReadonlySet<string> = new Set([INDEX_MARK, LIVE_MARKET_STATE, ANOMALY_PATTERN]);

/** @throws RhymeError "usage" unless the name matches `[A-Za-z0-9_-]{1,64}` */
export function makeTenant(connection: Connection, name: string): TenantHandle {
  checkTenant(name);
  return new TenantHandle(connection, name, MADE);
}
