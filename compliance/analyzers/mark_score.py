"""How sure a verified hypothesis is: a logistic map from what agrees to the probability that the mark is there.

The constants are no fit as it came out: they were chosen by hand near fits of ``benchmarks/logo_scores.py`` to
102 photographs, of other marks than ``benchmarks/logos.py`` has but partly on the same backgrounds. They are
measured on no set of their own, so a score ranks better than it predicts; run that script to fit them again.
"""

from __future__ import annotations

import numpy as np

from compliance.analyzers.mark_verify import Verified
from compliance.types import Floats

WEIGHTS = np.array([2.0, 1.0, -2.5, 7.0, -0.4], np.float64)
BIAS = -11.0


def measures(one: Verified) -> Floats:
    """Return what the score is made from, float32 (5,).

    Logarithms of inliers and of their weight, root of the area that they span, agreement of the edges,
    logarithm of the clutter.
    """
    return np.array(
        [
            np.log(one.inliers),
            np.log(one.weight + 0.1),
            np.sqrt(max(one.spread, 0.0)),
            one.agreement,
            np.log(one.clutter + 0.02),
        ],
        np.float32,
    )


def score(one: Verified) -> float:
    """Return the probability that the mark is there, 0…1."""
    return float(1 / (1 + np.exp(-(measures(one) @ WEIGHTS + BIAS))))
