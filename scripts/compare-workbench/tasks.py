# %% imports
import os

import mplfinance as mpf
import numpy as np
import pandas as pd
import polars as pl

# %% read 100,000 candles of 5 minutes
df = pl.read_csv(os.environ["COMPARE_FILE"]).with_columns(pl.from_epoch("timestamp", time_unit="ms")).to_pandas()
df = df.set_index("timestamp")

# %% draw them
mpf.plot(df, type="candle", volume=True, warn_too_much_data=1_000_000)

# %% what is missing, what is odd
expected = pd.date_range(df.index[0], df.index[-1], freq="5min")
missing = expected.difference(df.index)
holes = (df.index.to_series().diff() > pd.Timedelta("5min")).sum()
year = df.index.year
pd.DataFrame({
    "known": df.groupby(year).size(),
    "missing": missing.to_series().groupby(missing.year).size(),
    "open = previous close": (df.open == df.close.shift()).groupby(year).mean(),
    "zero volume": (df.volume == 0).groupby(year).mean(),
    "high below low": (df.high < df.low).groupby(year).sum(),
})

# %% hours from them
rule = {"open": "first", "high": "max", "low": "min", "close": "last", "volume": "sum"}
hours = df.resample("1h").agg(rule).dropna()
hours.index = hours.index + pd.Timedelta("1h")  # when they are known

# %% average true range and relative strength
def wilder(values, n=14):
    return values.ewm(alpha=1 / n, adjust=False, min_periods=n).mean()

before = df.close.shift()
true_range = pd.concat([df.high - df.low, (df.high - before).abs(), (df.low - before).abs()], axis=1).max(axis=1)
change = df.close.diff()
df["atr14"] = wilder(true_range)
df["rsi14"] = 100 - 100 / (1 + wilder(change.clip(lower=0)) / wilder((-change).clip(lower=0)))

# %% where the close lies within the last closed hour
def hour_position(bars, hours):
    known = bars.assign(known=bars.index + pd.Timedelta("5min"))
    joined = pd.merge_asof(known, hours.add_prefix("hour_"), left_on="known", right_index=True)
    return (joined.close - joined.hour_low) / (joined.hour_high - joined.hour_low)

position = hour_position(df, hours)

# %% does that look ahead?
whole = hour_position(df, hours)
for at in np.random.default_rng(1).integers(1000, len(df), 30):
    bars = df.iloc[:at]
    cut = bars.resample("1h").agg(rule).dropna()
    cut.index = cut.index + pd.Timedelta("1h")
    cut = cut[cut.index <= bars.index[-1] + pd.Timedelta("5min")]
    pd.testing.assert_series_equal(whole.iloc[:at], hour_position(bars, cut))

# %% a graph of bars and hours
import torch
from torch_geometric.data import Data
from torch_geometric.nn import SAGEConv

N, H = len(df), len(hours)
inside = np.searchsorted(hours.index, df.index + pd.Timedelta("5min"), side="right") - 1
hour_of = np.searchsorted(hours.index, df.index, side="right")
senders, receivers = [], []
for first, count in ((0, N), (N, H)):
    for d in (1, 2, 4, 8, 16, 32):
        senders.append(np.arange(first, first + count - d))
        receivers.append(np.arange(first + d, first + count))
down, up = inside >= 0, hour_of < H
senders += [N + inside[down], np.arange(N)[up]]
receivers += [np.arange(N)[down], N + hour_of[up]]
columns = ["open", "high", "low", "close"]

def inputs(frame):
    shape = np.log(frame[columns]).diff().fillna(0)
    return np.column_stack([shape, np.log1p(frame.volume)])

x = np.vstack([inputs(df), inputs(hours)])
x = (x - x.mean(axis=0)) / x.std(axis=0)
edges = torch.tensor(np.array([np.concatenate(senders), np.concatenate(receivers)]))
graph = Data(x=torch.tensor(x, dtype=torch.float32), edge_index=edges)

# %% embeddings of two GraphSAGE layers, untrained
torch.manual_seed(1)
first, second = SAGEConv(x.shape[1], 32), SAGEConv(32, 32)
with torch.no_grad():
    h = torch.relu(first(graph.x, graph.edge_index))
    h = torch.relu(second(h, graph.edge_index))[:N]
    vectors = torch.nn.functional.normalize(h, dim=1)

# %% the 25 nearest moments whose next hour was known, and what followed
horizon = 12
followed = np.log(df.close.shift(-horizon) / df.close)
likeness = (vectors @ vectors[-1]).numpy()[: N - horizon]
nearest = np.argsort(-likeness)[:25]
pd.DataFrame({"likeness": likeness[nearest], "followed": followed.iloc[nearest]})
