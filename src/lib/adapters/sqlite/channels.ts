import { RhymeError } from "../../errors.ts";
import { checkChannel, checkEncoderVersion, checkTenant } from "../../memory/names.ts";
import type { EpochMs } from "../../time/units.ts";
import { changeNamed } from "./named-rows.ts";
import type { Cell, Store } from "./store.ts";

/** Which encoder version a tenant reads through a channel. */
export interface Channel {
  readonly tenant: string;
  readonly channel: string;
  readonly encoder: string;
  /** The version that was read before; null where there was none. */
  readonly previous: string | null;
  readonly switchedAt: EpochMs;
}

/**
 * One row per tenant and channel: whoever asks reads the version that it names. A row changes as a whole, in one
 * transaction, so that a question sees the version before a switch or the one after it.
 */
export interface Channels {
  get(tenant: string, channel: string): Channel | null;
  /** By tenant and channel; all tenants by default. */
  list(tenant?: string): readonly Channel[];
  /**
   * From now on the channel reads this version; nothing changes where it does already.
   * @throws RhymeError "usage" where the tenant has nothing of that version
   */
  switch(tenant: string, channel: string, encoder: string, now: EpochMs): Channel;
  /** Reads the previous version again, which makes the one that was left the previous. @throws RhymeError "usage" */
  rollback(tenant: string, channel: string, now: EpochMs): Channel;
}

const COLUMNS = "tenant, channel, encoder, previous, switched_at";

export function channels(store: Store): Channels {
  const get = (tenant: string, channel: string): Channel | null => {
    checkTenant(tenant);
    checkChannel(channel);
    const row = store.row(
      `SELECT ${COLUMNS} FROM channels WHERE tenant = ? AND channel = ?`,
      tenant,
      channel,
    );
    return row && channelOf(row);
  };
  return {
    get,
    list: (tenant) => {
      const sql = `SELECT ${COLUMNS} FROM channels WHERE tenant = ? OR ? IS NULL ORDER BY tenant, channel`;
      return store.rows(sql, tenant ?? null, tenant ?? null).map(channelOf);
    },
    switch: (tenant, channel, encoder, now) =>
      store.write(() => {
        const current = get(tenant, channel);
        if (current?.encoder === encoder) return current;
        checkEncoderVersion(encoder);
        checkHeld(store, tenant, encoder);
        return put(store, {
          ...{ tenant, channel, encoder, previous: current?.encoder ?? null, switchedAt: now },
        });
      }),
    rollback: (tenant, channel, now) =>
      store.write(() => {
        const current = get(tenant, channel);
        if (!current?.previous) throw nothingBefore(tenant, channel, current);
        checkHeld(store, tenant, current.previous);
        return put(store, {
          ...{ tenant, channel, encoder: current.previous, previous: current.encoder, switchedAt: now },
        });
      }),
  };
}

/** Forgets what a tenant reads; inside a write transaction. */
export function dropChannels(store: Store, tenant: string): void {
  changeNamed(store, "channels", "tenant = ?", [tenant], () =>
    store.run("DELETE FROM channels WHERE tenant = ?", tenant),
  );
}

/** Not OR REPLACE: the same row stays where it is. */
const UPSERT = `INSERT INTO channels (${COLUMNS}) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE
  SET encoder = excluded.encoder, previous = excluded.previous, switched_at = excluded.switched_at`;

function put(store: Store, row: Channel): Channel {
  const { tenant, channel, encoder, previous, switchedAt } = row;
  changeNamed(store, "channels", "tenant = ? AND channel = ?", [tenant, channel], () =>
    store.run(UPSERT, tenant, channel, encoder, previous, switchedAt),
  );
  return row;
}

function channelOf([tenant, channel, encoder, previous, switchedAt]: readonly Cell[]): Channel {
  return { tenant, channel, encoder, previous, switchedAt } as Channel;
}

function checkHeld(store: Store, tenant: string, encoder: string): void {
  const held = store.rows("SELECT encoder FROM memories WHERE tenant = ? ORDER BY encoder", tenant).flat();
  if (held.includes(encoder)) return;
  throw new RhymeError("usage", {
    place: `tenant ${tenant}`,
    expected: held.length > 0 ? `a version that it holds: ${held.join(", ")}` : "a version that it holds",
    received: encoder,
    remedy: "Embed its moments with that encoder first: rhyme weaviate reembed.",
  });
}

function nothingBefore(tenant: string, channel: string, current: Channel | null): RhymeError {
  return new RhymeError("usage", {
    place: `channel ${channel} of tenant ${tenant}`,
    expected: "a version that was read before",
    received: current ? `only ${current.encoder}` : "none at all",
    remedy: "There is nothing to go back to.",
  });
}
