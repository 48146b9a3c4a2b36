import { answersDigest } from "./digest.ts";
import { damagedStore } from "./store-error.ts";
import { sha256Hex } from "../../math/hash.ts";
import { checkTenant } from "../../memory/names.ts";
import type { Answer } from "../../recall/answer.ts";
import type { EpochMs } from "../../time/units.ts";
import type { Store } from "./store.ts";

export interface LoggedAnswer {
  /** When it was said, by the clock: an answer about the past is one thing, a prediction another. */
  readonly recordedAt: EpochMs;
  readonly answer: Answer;
}

/** The prediction log: what was said stays as it was said; outcomes are joined to it by id. */
export interface AnswerLog {
  /** Logs an answer said at `now`; false where its id is logged already, which stays as it is. */
  put(answer: Answer, now: EpochMs): boolean;
  get(tenant: string, id: string): LoggedAnswer | null;
  /** Of one tenant, newest anchor first. */
  list(
    tenant: string,
    options?: { readonly symbol?: string; readonly limit?: number },
  ): readonly LoggedAnswer[];
  /** SHA-256 (hex) of all that was said, of every tenant: equal however often whoever said it was killed. */
  digest(): string;
}

export function answerLog(store: Store): AnswerLog {
  return {
    put: (answer, now) => put(store, answer, now),
    get: (tenant, id) => {
      checkTenant(tenant);
      const row = store.row(
        "SELECT recorded_at, answer, hash FROM answers WHERE tenant = ? AND id = ?",
        tenant,
        id,
      );
      return row ? logged(store, row) : null;
    },
    list: (tenant, { symbol, limit = 100 } = {}) => {
      checkTenant(tenant);
      const sql = `SELECT recorded_at, answer, hash FROM answers WHERE tenant = ? ${symbol === undefined ? "" : "AND symbol = ?"}
        ORDER BY anchor DESC, id LIMIT ?`;
      return store
        .rows(sql, tenant, ...(symbol === undefined ? [] : [symbol]), limit)
        .map((row) => logged(store, row));
    },
    digest: () => answersDigest(store),
  };
}

function logged(store: Store, row: readonly unknown[]): LoggedAnswer {
  if (sha256Hex(Buffer.from(row[1] as string)) !== row[2])
    throw damagedStore(store.place, "an answer in the log");
  return { recordedAt: row[0] as number, answer: JSON.parse(row[1] as string) as Answer };
}

function put(store: Store, answer: Answer, now: EpochMs): boolean {
  const { tenant, source, symbol, timeframe, horizon, anchor } = answer.question;
  checkTenant(tenant);
  const text = JSON.stringify(answer);
  const about = [source, symbol, timeframe, answer.encoder.version, horizon, Date.parse(anchor)] as const;
  const insert = "INSERT OR IGNORE INTO answers VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
  const hash = sha256Hex(Buffer.from(text));
  return store.write(() => store.run(insert, tenant, answer.id, now, ...about, text, hash) > 0);
}
