"""Reads exported tables with pandas and with DuckDB, and says as JSON what it found.

Usage: read-exports.py FOLDER INSTANT...   (candles, features, embeddings, contexts, answers as FOLDER/*.parquet;
the instants, epoch ms, at which the newest candle and the newest outcome are looked up)
"""

import json
import sys

import duckdb
import numpy
import pandas

folder, *instants = sys.argv[1:]


def told(frame):
    """Rows, types, and of every column the nulls and the sum: of numbers, of instants in ms, of truths, of lengths."""
    columns = {}
    for name, column in frame.items():
        columns[name] = {"dtype": str(column.dtype), "nulls": int(column.isna().sum()), "sum": total(column.dropna())}
    return {"rows": len(frame), "columns": columns}


def total(values):
    if isinstance(values.dtype, pandas.DatetimeTZDtype):
        return int(values.dt.as_unit("ms").astype("int64").sum())
    if values.dtype.kind in "fiub":
        return float(values.sum())
    if len(values) and isinstance(values.iloc[0], numpy.ndarray) and values.iloc[0].dtype.kind == "f":
        return float(numpy.stack(values).astype("float64").sum())
    if len(values) and isinstance(values.iloc[0], (bool, numpy.bool_)):
        return float(sum(values))
    return int(values.map(len).sum())


def asof_candles(frame, times):
    """Close of the newest bar known at each instant: facts in the order in which they became known, none of an older bar."""
    facts = frame[frame["symbol"] == "BTCUSDT"].sort_values(["known_at", "timestamp"], kind="stable")
    facts = facts[facts["timestamp"] >= facts["timestamp"].cummax()]
    return pandas.merge_asof(times, facts, left_on="at", right_on="known_at")[["timestamp", "high"]]


def asof_contexts(frame, times):
    """The newest outcome that had matured at each instant."""
    known = frame.dropna(subset=["mature_at"]).sort_values("known_at", kind="stable")
    return pandas.merge_asof(times, known, left_on="at", right_on="known_at")[["anchor", "return"]]


def plain(frame):
    frame = frame.copy()
    for name, column in frame.items():
        if isinstance(column.dtype, pandas.DatetimeTZDtype):
            frame[name] = column.astype("int64").where(column.notna())
    return frame.astype(object).where(frame.notna(), None).values.tolist()


pandas_tables = {n: pandas.read_parquet(f"{folder}/{n}.parquet") for n in ["candles", "features", "embeddings", "contexts", "answers"]}
times = pandas.DataFrame({"at": pandas.to_datetime([int(t) for t in instants], unit="ms", utc=True).as_unit("ms")})
duck = duckdb.connect()
duck.execute("SET TimeZone = 'UTC'")
print(
    json.dumps(
        {
            "pandas": {name: told(frame) for name, frame in pandas_tables.items()},
            "duckdb": {
                name: told(duck.sql(f"SELECT * FROM '{folder}/{name}.parquet'").to_arrow_table().to_pandas())
                for name in pandas_tables
            },
            "candles": plain(asof_candles(pandas_tables["candles"], times)),
            "contexts": plain(asof_contexts(pandas_tables["contexts"], times)),
            "duckdb_candles": duck.execute(
                f"""SELECT arg_max(high, (timestamp, known_at)) FROM '{folder}/candles.parquet' c
                    JOIN (SELECT unnest([{','.join(instants)}]) t) ON known_at <= make_timestamptz(t * 1000)
                    WHERE symbol = 'BTCUSDT' GROUP BY t ORDER BY t"""
            ).fetchall(),
        }
    )
)
