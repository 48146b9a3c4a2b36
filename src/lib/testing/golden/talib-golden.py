"""Golden values for src/lib/features, from TA-Lib. Writes talib.json beside this file.

    python3 -m venv /tmp/venv-talib
    /tmp/venv-talib/bin/pip install TA-Lib==0.8.2 numpy==2.4.6
    /tmp/venv-talib/bin/python src/lib/testing/golden/talib-golden.py

Run from the repository root after `npm ci`. TA-Lib has ATR, RSI, ROC, EMA and STDDEV (population, as Dorsey's).
It has no Relative Volatility Index: that is the naive twin `dorsey_rvi` below, written to be read beside the
definition (Dorsey, Technical Analysis of Stocks & Commodities 11:06, June 1993), and not TA-Lib's word.
Three series: a seeded walk with clustering volatility, opens apart from closes and a stretch where nothing
moves; the same walk at a ten-thousandth of its price; and real daily bars of the S&P 500 (vega-datasets).
null stands for a value that TA-Lib does not have yet.
"""

import csv
import json
import math
import pathlib

import numpy as np
import talib

HERE = pathlib.Path(__file__).parent
SEED = 20261121


def walk(rows, digits, scale):
    rng = np.random.default_rng(SEED)
    price, log_vol, bars = 100.0, 0.0, []
    for i in range(rows):
        log_vol = 0.95 * log_vol + 0.25 * rng.standard_normal()
        still = 300 <= i < 330
        sigma = 0.0 if still else 0.01 * math.exp(log_vol)
        first = price * math.exp(0.3 * sigma * rng.standard_normal())
        last = first * math.exp(sigma * rng.standard_normal())
        high = max(first, last) * (1 + 0.5 * sigma * abs(rng.standard_normal()))
        low = min(first, last) * (1 - 0.5 * sigma * rng.random())
        price = last
        bars.append([round(x * scale, digits) for x in (first, high, low, last)])
    return bars


def sp500(rows):
    with open("node_modules/vega-datasets/data/sp500-2000.csv") as file:
        table = list(csv.DictReader(file))[2000 : 2000 + rows]
    return [[float(row[name]) for name in ("open", "high", "low", "close")] for row in table]


def wilder(values, period):
    mean = sum(values[:period]) / period
    out = [None] * (period - 1) + [mean]
    for value in values[period:]:
        mean = (mean * (period - 1) + value) / period
        out.append(mean)
    return out


def dorsey_rvi(close, deviation=10, smoothing=14):
    up, down = [], []
    for t in range(deviation - 1, len(close)):
        s = float(np.std(close[t - deviation + 1 : t + 1], ddof=0))
        up.append(s if close[t] > close[t - 1] else 0.0)
        down.append(s if close[t] < close[t - 1] else 0.0)
    pairs = zip(wilder(up, smoothing), wilder(down, smoothing))
    rvi = [None if u is None else 100 * u / (u + d) for u, d in pairs]
    return [None] * (deviation - 1) + rvi


def plain(values):
    return [None if math.isnan(v) else float(v) for v in values]


def golden(bars):
    first, high, low, close = (np.array(column) for column in zip(*bars))
    return {
        "open": first.tolist(),
        "high": high.tolist(),
        "low": low.tolist(),
        "close": close.tolist(),
        "atr14": plain(talib.ATR(high, low, close, timeperiod=14)),
        "rsi14": plain(talib.RSI(close, timeperiod=14)),
        "roc10": plain(talib.ROC(close, timeperiod=10)),
        "ema20": plain(talib.EMA(close, timeperiod=20)),
        "rvi": dorsey_rvi(close),
    }


def main():
    result = {
        "made": {
            "script": "src/lib/testing/golden/talib-golden.py",
            "TA-Lib (PyPI)": talib.__version__,
            "TA-Lib (C)": talib.__ta_version__.decode().split(" ")[0],
            "numpy": np.__version__,
            "seed": SEED,
        },
        "series": {
            "walk": golden(walk(600, 2, 1.0)),
            "small prices": golden(walk(200, 8, 1e-4)),
            "sp500 daily": golden(sp500(400)),
        },
    }
    assert result["made"]["TA-Lib (PyPI)"] == "0.8.2" and result["made"]["TA-Lib (C)"] == "0.8.1"
    (HERE / "talib.json").write_text(json.dumps(result, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
