"""Are told pictures, taken together, like true ones? Two distances between clouds of vectors.

Neither looks at which picture belongs to which story. Both depend on the space, so that values compare only within one
scorer; and the Fréchet distance depends on the number of pictures, so that they compare only at equal numbers.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fabula.errors import FabulaError
from fabula.metrics.measure import Measure, Sums

Vectors = NDArray[np.floating]  # (N, D)
SUBSETS, SUBSET = 100, 1000  # Bińkowski et al. 2018, section 4.3, draw a hundred subsets of a thousand
ROWS = 1024  # of a matrix of kernels that is held at a time
FRECHET, KERNEL = "scorer.frechet", "scorer.kid"


def _alone(value: Sums) -> Sums:
    return value


MEASURES = {
    FRECHET: Measure(
        "n.a.",
        "lower",
        "Fréchet distance of all told pictures from the true ones in the scorer's space; only equal numbers compare.",
        (),
        _alone,
        by_window=False,
    ),
    KERNEL: Measure(
        "n.a.",
        "lower",
        "Kernel distance of the same, KID: 0 where both are of one kind, and then it may fall below.",
        (),
        _alone,
        by_window=False,
    ),
}


def distances(told: Vectors, true: Vectors) -> dict[str, dict[str, float]]:
    """Both distances of (N, D) told and (M, D) true, with their sample sizes; none of fewer than two pictures."""
    if min(len(told), len(true)) < 2:
        return {}
    return {FRECHET: frechet(told, true), KERNEL: kernel_distance(told, true)}


def frechet(told: Vectors, true: Vectors) -> dict[str, float]:
    """Of (N, D) and (M, D): `{"value", "told", "true"}`, the distance and the sample sizes.

    Squared Fréchet distance of the normal laws with the same means and covariances (Dowson and Landau 1982; Heusel et
    al. 2017): |m - m'|^2 + tr(C + C' - 2 (C C')^(1/2)). The trace of the root is the sum of the singular values of
    C^(1/2) C'^(1/2), which holds too where there are fewer pictures than dimensions and C has no inverse. It is biased
    upward, the more the fewer pictures there are (Chong and Forsyth 2020). Costs N x D x D + D^3.

    Errors: FabulaError for fewer than two vectors, which have no covariance.
    """
    _check(told, true, "the Fréchet distance")
    (mean, spread), (true_mean, true_spread) = _moments(told), _moments(true)
    shared = np.linalg.svd(_root(spread) @ _root(true_spread), compute_uv=False).sum()
    apart = np.square(mean - true_mean).sum()
    value = apart + np.trace(spread) + np.trace(true_spread) - 2 * shared
    return {"value": max(float(value), 0.0), "told": len(told), "true": len(true)}


def _moments(vectors: Vectors) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    whole = vectors.astype(np.float64)
    return whole.mean(0), np.atleast_2d(np.cov(whole, rowvar=False))


def _root(spread: NDArray[np.float64]) -> NDArray[np.float64]:
    """The symmetric root of a covariance; what rounding made negative is zero."""
    values, axes = np.linalg.eigh(spread)
    return (axes * np.sqrt(values.clip(min=0))) @ axes.T


def kernel_distance(
    told: Vectors, true: Vectors, *, subsets: int = SUBSETS, size: int = SUBSET, seed: int = 0
) -> dict[str, float]:
    """Kernel distance, KID, of (N, D) and (M, D): the unbiased squared maximum mean discrepancy.

    Gretton et al. 2012, lemma 6, with the kernel (x y / D + 1)^3 of Bińkowski et al. 2018, over all vectors: `value`;
    it may be below 0, where the clouds are alike. `subset_mean` and `subset_deviation` are over `subsets` draws of
    `size` vectors of each without replacement, as KID is commonly given, and `standard_error` is the deviation over
    the root of their number: of the drawing alone, not of the choice of stories. The size is halved where there
    are too few vectors for draws to differ. Costs (N + M)^2 x D, and the same for each subset.

    Errors: FabulaError for fewer than two vectors.
    """
    _check(told, true, "KID")
    size = max(2, min(size, len(told) // 2, len(true) // 2))
    dice = np.random.default_rng(seed)
    drawn = [_discrepancy(*(_some(side, size, dice) for side in (told, true))) for _ in range(subsets)]
    deviation = float(np.std(drawn))
    return {
        "value": _discrepancy(told, true),
        "subset_mean": float(np.mean(drawn)),
        "subset_deviation": deviation,
        "standard_error": deviation / subsets**0.5,
        "subset_size": size,
        "told": len(told),
        "true": len(true),
    }


def _some(vectors: Vectors, size: int, dice: np.random.Generator) -> Vectors:
    return vectors[dice.permutation(len(vectors))[:size]]


def _discrepancy(told: Vectors, true: Vectors) -> float:
    """Means of the kernel within each cloud, no vector with itself, less twice that between them."""
    within = (_sum(side, side, alone=True) / (len(side) * (len(side) - 1)) for side in (told, true))
    return float(sum(within) - 2 * _sum(told, true) / (len(told) * len(true)))


def _sum(left: Vectors, right: Vectors, *, alone: bool = False) -> float:
    """The sum of the kernel over all pairs; `alone` leaves out each vector with itself."""
    ours, theirs = left.astype(np.float64), right.astype(np.float64)
    blocks = (ours[start : start + ROWS] @ theirs.T for start in range(0, len(ours), ROWS))
    whole = sum(float(_kernel(block, ours.shape[1]).sum()) for block in blocks)
    return whole - float(_kernel(np.square(ours).sum(1), ours.shape[1]).sum()) if alone else whole


def _kernel(products: NDArray[np.float64], dim: int) -> NDArray[np.float64]:
    return (products / dim + 1) ** 3


def _check(told: Vectors, true: Vectors, what: str) -> None:
    if min(len(told), len(true)) < 2:
        raise FabulaError(f"{what} needs two pictures on each side, got {len(told)} told and {len(true)} true ones")
