/** "Rhym" in ASCII: the application_id by which a file says what it is. */
export const APPLICATION_ID = 0x5268796d;
/** user_version of the layout below; a newer one is refused. */
export const FORMAT_VERSION = 5;
/** Large enough that an embedding of up to 500 values stays on its page. */
export const PAGE_SIZE = 8192;

/** What a correction made of contexts: further label facts beside the first, each known at its own `mature_at`. */
const CONTEXT_REVISIONS = `
CREATE TABLE context_revisions (
  memory INTEGER NOT NULL, horizon TEXT NOT NULL, series INTEGER NOT NULL, anchor INTEGER NOT NULL,
  revision INTEGER NOT NULL, mature_at INTEGER NOT NULL, crosses_close INTEGER NOT NULL,
  return REAL, roc REAL, atr REAL, log_atr_ratio REAL, realised_volatility REAL, rvi REAL,
  max_gain REAL, max_loss REAL, direction REAL, barrier REAL, digest INTEGER NOT NULL,
  PRIMARY KEY (memory, horizon, series, anchor, revision, mature_at)
) STRICT, WITHOUT ROWID;
`;

/** Which encoder version a tenant reads, by channel, and the name by which an index knows this memory. */
const CHANNELS = `
CREATE TABLE channels (
  tenant TEXT NOT NULL, channel TEXT NOT NULL, encoder TEXT NOT NULL, previous TEXT, switched_at INTEGER NOT NULL,
  PRIMARY KEY (tenant, channel)
) STRICT, WITHOUT ROWID;

CREATE TABLE identity (
  one INTEGER PRIMARY KEY CHECK (one = 1), uuid TEXT NOT NULL, digest INTEGER NOT NULL
) STRICT;
`;

/** What a memory held at which change, by its digest, noted whenever that is what an index is brought up to. */
const MIRRORED = `
CREATE TABLE mirrored (
  memory INTEGER NOT NULL, change INTEGER NOT NULL, digest TEXT NOT NULL,
  PRIMARY KEY (memory, change)
) STRICT, WITHOUT ROWID;
`;

/** What turns a store of an earlier format into one of the next, by the earlier version. */
export const MIGRATIONS: Readonly<Record<number, string>> = {
  2: CONTEXT_REVISIONS,
  3: CHANNELS,
  4: MIRRORED,
};

/**
 * All tables. Instants are integer epoch ms, undefined numbers are NULL. `digest` columns are math/digest.ts over
 * the values of their row, so that a changed byte is noticed and equal `known_at` has one winner. Facts are only ever
 * inserted. `tallies` counts the rows of every table that is read as a whole and sums their digests, written in the
 * same transaction, so that a row that went missing is noticed too. Tables clustered on their key measured as fast to write as rowid tables with an index, and read in
 * order. `changes` tells other connections which stretch of which series was written.
 */
export const SCHEMA = `
CREATE TABLE series (
  series INTEGER PRIMARY KEY AUTOINCREMENT,
  source TEXT NOT NULL, symbol TEXT NOT NULL, timeframe TEXT NOT NULL, calendar TEXT,
  UNIQUE (source, symbol, timeframe)
) STRICT;

CREATE TABLE candles (
  series INTEGER NOT NULL, open_time INTEGER NOT NULL, known_at INTEGER NOT NULL, digest INTEGER NOT NULL,
  close_time INTEGER NOT NULL,
  open REAL NOT NULL, high REAL NOT NULL, low REAL NOT NULL, close REAL NOT NULL, volume REAL NOT NULL,
  trades REAL, vwap REAL, spread REAL, partial INTEGER NOT NULL, late INTEGER NOT NULL,
  PRIMARY KEY (series, open_time, known_at, digest)
) STRICT, WITHOUT ROWID;
CREATE INDEX late_candles ON candles (series, known_at) WHERE late = 1;

CREATE TABLE memories (
  memory INTEGER PRIMARY KEY AUTOINCREMENT,
  tenant TEXT NOT NULL, encoder TEXT NOT NULL, dim INTEGER NOT NULL,
  UNIQUE (tenant, encoder)
) STRICT;

CREATE TABLE lineages (
  lineage INTEGER PRIMARY KEY,
  data_hash TEXT NOT NULL, design_hash TEXT NOT NULL, encoder TEXT NOT NULL,
  UNIQUE (data_hash, design_hash, encoder)
) STRICT;

CREATE TABLE patterns (
  memory INTEGER NOT NULL, series INTEGER NOT NULL, anchor INTEGER NOT NULL, revision INTEGER NOT NULL,
  id BLOB NOT NULL, vector BLOB NOT NULL, atr_now REAL, lineage INTEGER NOT NULL, digest INTEGER NOT NULL,
  PRIMARY KEY (memory, series, anchor, revision)
) STRICT, WITHOUT ROWID;

CREATE TABLE forecasts (
  memory INTEGER NOT NULL, horizon TEXT NOT NULL, series INTEGER NOT NULL, anchor INTEGER NOT NULL,
  revision INTEGER NOT NULL, base REAL NOT NULL, digest INTEGER NOT NULL,
  PRIMARY KEY (memory, horizon, series, anchor, revision)
) STRICT, WITHOUT ROWID;

CREATE TABLE contexts (
  memory INTEGER NOT NULL, horizon TEXT NOT NULL, series INTEGER NOT NULL, anchor INTEGER NOT NULL,
  revision INTEGER NOT NULL, mature_at INTEGER NOT NULL, crosses_close INTEGER NOT NULL,
  return REAL, roc REAL, atr REAL, log_atr_ratio REAL, realised_volatility REAL, rvi REAL,
  max_gain REAL, max_loss REAL, direction REAL, barrier REAL, digest INTEGER NOT NULL,
  PRIMARY KEY (memory, horizon, series, anchor, revision)
) STRICT, WITHOUT ROWID;
${CONTEXT_REVISIONS}
CREATE TABLE tallies (
  kind TEXT NOT NULL, memory INTEGER NOT NULL, part TEXT NOT NULL, series INTEGER NOT NULL,
  rows INTEGER NOT NULL, sum INTEGER NOT NULL, digest INTEGER NOT NULL,
  PRIMARY KEY (kind, memory, part, series)
) STRICT, WITHOUT ROWID;

CREATE TABLE changes (
  change INTEGER PRIMARY KEY AUTOINCREMENT,
  memory INTEGER NOT NULL, kind TEXT NOT NULL CHECK (kind IN ('put', 'label', 'delete')),
  horizon TEXT, series INTEGER, first INTEGER, last INTEGER
) STRICT;
CREATE INDEX changes_of_memory ON changes (memory, change);

CREATE TABLE encoders (
  version TEXT PRIMARY KEY, kind TEXT NOT NULL, dim INTEGER NOT NULL, timeframes TEXT NOT NULL,
  feature_set TEXT NOT NULL, feature_set_hash TEXT NOT NULL, known_at INTEGER NOT NULL, files TEXT NOT NULL,
  hash TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE records (
  tenant TEXT NOT NULL, source TEXT NOT NULL, symbol TEXT NOT NULL, timeframe TEXT NOT NULL,
  encoder TEXT NOT NULL, horizon TEXT NOT NULL, record TEXT NOT NULL, hash TEXT NOT NULL,
  PRIMARY KEY (tenant, source, symbol, timeframe, encoder, horizon)
) STRICT;

CREATE TABLE answers (
  tenant TEXT NOT NULL, id TEXT NOT NULL, recorded_at INTEGER NOT NULL,
  source TEXT NOT NULL, symbol TEXT NOT NULL, timeframe TEXT NOT NULL, encoder TEXT NOT NULL,
  horizon TEXT NOT NULL, anchor INTEGER NOT NULL, answer TEXT NOT NULL, hash TEXT NOT NULL,
  PRIMARY KEY (tenant, id)
) STRICT;
CREATE INDEX answers_by_anchor ON answers (tenant, anchor, id);

CREATE TABLE ingests (
  ingest INTEGER PRIMARY KEY AUTOINCREMENT,
  at INTEGER NOT NULL, tenant TEXT, source TEXT NOT NULL, symbol TEXT NOT NULL, timeframe TEXT NOT NULL,
  entry TEXT NOT NULL, hash TEXT NOT NULL
) STRICT;
${CHANNELS}${MIRRORED}`;

/** Columns of `contexts` that hold labels, in the order of LABELS. */
export const LABEL_COLUMNS =
  "return, roc, atr, log_atr_ratio, realised_volatility, rvi, max_gain, max_loss, direction, barrier";
