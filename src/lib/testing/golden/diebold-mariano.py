# Golden values of the Diebold-Mariano test as R's forecast::dm.test computes it with varestimator = "bartlett"
# and alternative = "less", and of Student's t. Run: python diebold-mariano.py > diebold-mariano.json
import json

import numpy as np
import scipy
import statsmodels
from scipy.stats import t as student
from statsmodels.tsa.stattools import acovf


def dm_test(d, h):
    n = len(d)
    cov = acovf(d, nlag=h - 1, fft=False)  # divides by n, as R's acf
    m = h - 1
    weights = 1 - np.arange(1, m + 1) / (m + 1)
    variance = (cov[0] + 2 * np.sum(weights * cov[1:])) / n
    correction = np.sqrt((n + 1 - 2 * h + (h / n) * (h - 1)) / n)
    statistic = np.mean(d) / np.sqrt(variance) * correction
    return statistic, student.cdf(statistic, n - 1)


rng = np.random.default_rng(7)
cases = []
for n, h, shift in [(40, 1, 0.0), (60, 4, -0.3), (200, 12, 0.1), (500, 25, -0.05)]:
    noise = rng.normal(size=n + h)
    d = np.round(np.convolve(noise, np.ones(h) / h, "valid")[:n] + shift, 6)
    statistic, p = dm_test(d, h)
    cases.append({"lag": h - 1, "differences": d.tolist(), "statistic": statistic, "p": p})
ts = [{"t": x, "df": df, "p": student.cdf(x, df)} for df in (1, 2, 5, 30, 499, 1999) for x in (-40.0, -6.0, -2.5, -0.3, 0.0, 0.7, 3.1, 9.0)]
versions = {"numpy": np.__version__, "scipy": scipy.__version__, "statsmodels": statsmodels.__version__}
print(json.dumps({"versions": versions, "cases": cases, "studentT": ts}))
