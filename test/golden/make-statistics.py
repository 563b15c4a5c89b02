"""Tests and intervals as scipy gives them, for test/core and test/results: statistics.json.

    pip install scipy
    python test/golden/make-statistics.py
"""
import json
import pathlib

import numpy as np
import scipy
from scipy import stats

rng = np.random.default_rng(20260101)


def rounded(values):
    return [float(f"{value:.6g}") for value in values]


def samples():
    yield "equal spread", rng.normal(10, 1, 12), rng.normal(10.5, 1, 12)
    yield "unequal spread and size", rng.normal(10, 0.2, 7), rng.normal(11, 3, 25)
    yield "few", rng.normal(5, 1, 4), rng.normal(7, 1, 4)
    yield "skewed", rng.lognormal(0, 0.5, 30), rng.lognormal(0.4, 0.5, 20)
    yield "small figures", rng.normal(1e-6, 1e-8, 10), rng.normal(1.02e-6, 1e-8, 10)
    yield "ties", rng.integers(1, 6, 15), rng.integers(2, 7, 14)
    yield "far apart", rng.normal(1, 0.01, 20), rng.normal(2, 0.01, 20)


cases = []
for name, first, second in samples():
    base, new = rounded(first), rounded(second)
    welch = stats.ttest_ind(new, base, equal_var=False)
    interval = welch.confidence_interval(0.95)
    has_ties = len({*base, *new}) < len(base) + len(new)
    exact = not has_ties and len(base) + len(new) <= 40
    ranks = stats.mannwhitneyu(new, base, alternative="two-sided", method="exact" if exact else "asymptotic")
    pairs = min(len(base), len(new))
    paired = stats.ttest_rel(new[:pairs], base[:pairs])
    paired_interval = paired.confidence_interval(0.95)
    boot = stats.bootstrap(
        (np.array(new), np.array(base)), lambda n, b, axis: n.mean(axis=axis) / b.mean(axis=axis),
        n_resamples=200_000, method="percentile", random_state=1)
    permutation = stats.permutation_test(
        (np.array(new), np.array(base)), lambda n, b, axis: n.mean(axis=axis) - b.mean(axis=axis),
        n_resamples=200_000, vectorized=True, random_state=1)
    cases.append({
        "name": name, "base": base, "new": new,
        "welch": {"t": welch.statistic, "degrees": welch.df, "p": welch.pvalue,
                  "low": interval.low, "high": interval.high},
        "mannWhitney": {"u": ranks.statistic, "p": ranks.pvalue, "exact": exact},
        "paired": {"p": paired.pvalue, "low": paired_interval.low, "high": paired_interval.high},
        "bootstrap": {"low": boot.confidence_interval.low, "high": boot.confidence_interval.high},
        "permutation": {"p": permutation.pvalue},
    })

tails = [{"t": t, "degrees": d, "p": 2 * stats.t.sf(t, d)}
         for t in (0, 0.1, 1, 2.5, 10, 40) for d in (0.7, 1, 2, 4.3, 30, 1000)]
critical = [{"tail": tail, "degrees": d, "t": stats.t.isf(tail / 2, d)}
            for tail in (0.5, 0.05, 0.001) for d in (1, 2.5, 10, 300)]
families = [[0.01, 0.04, 0.03, 0.005], [0.5, 0.9], [0.02], [0.049, 0.05, 0.051, 1.0]]


def holm(values):
    """As R's p.adjust(values, "holm"): cumulative maximum of the sorted values times the number left."""
    order = np.argsort(values)
    factors = len(values) - np.arange(len(values))
    adjusted = np.minimum(1, np.maximum.accumulate(factors * np.array(values)[order]))
    result = np.empty(len(values))
    result[order] = adjusted
    return result.tolist()


golden = {"made": f"scipy {scipy.__version__}", "cases": cases, "tails": tails, "critical": critical,
          "holm": [{"p": family, "adjusted": holm(family)} for family in families]}
path = pathlib.Path(__file__).with_name("statistics.json")
path.write_text(json.dumps(golden, indent=1) + "\n")
