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

/** Which answers: of whatever is not said, all; of these the newest `limit`. */
export interface AnswersAbout {
  readonly source?: string;
  readonly symbol?: string;
  readonly timeframe?: string;
  readonly horizon?: string;
  readonly limit?: number;
}

/** The prediction log: what was said stays as it was said; outcomes are joined to it by id. */
export interface AnswerLog {
  /** Logs an answer said at `now`; false where its id is logged already, which stays as it is. */
  put(answer: Answer, now: EpochMs): boolean;
  get(tenant: string, id: string): LoggedAnswer | null;
  /** Of one tenant, newest anchor first. */
  list(tenant: string, options?: AnswersAbout): readonly LoggedAnswer[];
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
    list: (tenant, about = {}) => list(store, tenant, about),
    digest: () => answersDigest(store),
  };
}

function list(
  store: Store,
  tenant: string,
  { limit = 100, ...about }: AnswersAbout,
): readonly LoggedAnswer[] {
  checkTenant(tenant);
  const said = (["source", "symbol", "timeframe", "horizon"] as const).filter(
    (name) => about[name] !== undefined,
  );
  const sql = `SELECT recorded_at, answer, hash FROM answers
    WHERE ${["tenant", ...said].map((name) => `${name} = ?`).join(" AND ")} ORDER BY anchor DESC, id LIMIT ?`;
  return store.rows(sql, tenant, ...said.map((name) => about[name]!), limit).map((row) => logged(store, row));
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
