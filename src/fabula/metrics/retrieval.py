"""Retrieval: is what was told nearer to the true next frame than to the other frames that it might have been?

All pictures and captions are vectors of length 1 in a scorer's space, compared by their cosine. The candidates are all
target frames of the split, and the narrower question is asked among those of the same story. Frames that stood in the
context are wrong for certain; they stay in, so that whoever repeats the last frame meets it as a rival.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fabula.metrics.measure import Measure, Regime, ratio
from fabula.metrics.told import Column

Vectors = NDArray[np.floating]  # (N, D), of length 1
TIED = 1e-5  # cosines nearer than this are equal: a vector differs by some 1e-6 with what it is read beside
FIRST = (1, 5, 10)
ROWS = 1024  # told vectors that are compared at a time


@dataclass(frozen=True)
class Candidates:
    """Every frame that is the target of a window of the split, once, in one of its two forms."""

    vectors: Vectors  # (M, D)
    stories: NDArray[np.integer]  # (M,)


@dataclass(frozen=True)
class Ranks:
    """Where the true one stands for each of N windows. Those that are as near share the mean of their ranks."""

    nearer: Column  # (N,) candidates that lie nearer than the true one
    equal: Column  # (N,) those as near, the true one too
    among: Column  # (N,) candidates

    @property
    def rank(self) -> Column:
        """(N,) from 1."""
        return self.nearer + (self.equal + 1) / 2

    @property
    def percentile(self) -> Column:
        """(N,) the share of the others that lie nearer: 0 is found, 1/2 is chance; NaN where there is no other."""
        with np.errstate(invalid="ignore"):
            return (self.rank - 1) / (self.among - 1)

    def within(self, first: int) -> Column:
        """(N,) 1 where the true one is among the first; with ties the chance that it is, if they fall anyhow."""
        return np.clip((first - self.nearer) / self.equal, 0, 1)


def ranked(told: Vectors, candidates: Candidates, right: NDArray[np.integer]) -> tuple[Ranks, Ranks]:
    """Told (N, D), and which candidate (N,) is the true one: its ranks in the split, and among its own story's.

    Costs N x M x D multiplications.
    """
    parts = [slice(start, start + ROWS) for start in range(0, max(1, len(told)), ROWS)]
    pairs = [_ranked(told[rows], candidates, right[rows]) for rows in parts]
    split, story = (_joined([pair[scope] for pair in pairs]) for scope in range(2))
    return split, story


def _ranked(told: Vectors, candidates: Candidates, right: NDArray[np.integer]) -> tuple[Ranks, Ranks]:
    cosines = told.astype(np.float64) @ candidates.vectors.astype(np.float64).T  # (N, M)
    ahead = cosines - cosines[np.arange(len(right)), right][:, None]
    own = candidates.stories == candidates.stories[right][:, None]
    return _counted(ahead, np.ones_like(own)), _counted(ahead, own)


def _counted(ahead: NDArray[np.float64], among: NDArray[np.bool_]) -> Ranks:
    nearer, equal = ahead > TIED, np.abs(ahead) <= TIED
    return Ranks(*((each & among).sum(1).astype(np.float64) for each in (nearer, equal, among)))


def _joined(parts: list[Ranks]) -> Ranks:
    return Ranks(*(np.concatenate([vars(part)[name] for part in parts]) for name in vars(parts[0])))


def columns(
    form: str, told: Vectors, candidates: Candidates, right: NDArray[np.integer], asked: NDArray[np.bool_]
) -> dict[str, Column]:
    """The columns of the measures below for N windows; `form` is `picture` or `caption`.

    Only windows that are `asked` (N,) count. Among the frames of a story only stories with two candidates count.
    """
    some = np.flatnonzero(asked)
    scopes = zip(("", "_in_story"), ranked(told[some], candidates, right[some]), strict=True)
    parts = (_columns(f"retrieval.{form}{scope}", ranks, some, asked) for scope, ranks in scopes)
    return {name: column for part in parts for name, column in part.items()}


def _columns(prefix: str, ranks: Ranks, some: NDArray[np.integer], asked: NDArray[np.bool_]) -> dict[str, Column]:
    counted = ranks.among > 1
    found = {f"r{first}": ranks.within(first) for first in FIRST}
    found |= {"rank": ranks.rank, "percentile": ranks.percentile, "asked": np.ones(len(some))}
    found |= {f"chance{first}": np.minimum(first / ranks.among, 1) for first in FIRST}
    return {f"{prefix}.{name}": _placed(np.where(counted, column, 0), some, asked) for name, column in found.items()}


def _placed(column: Column, some: NDArray[np.integer], asked: NDArray[np.bool_]) -> Column:
    whole = np.zeros(len(asked))
    whole[some] = column
    return whole


def mean_vector(vectors: NDArray[np.floating]) -> NDArray[np.float64]:
    """(N, K, D) -> (N, D): the mean of K vectors, of length 1 again: the floor `mean of inputs` for captions."""
    mean = vectors.mean(1, dtype=np.float64)
    return mean / np.maximum(np.linalg.norm(mean, axis=1, keepdims=True), 1e-12)


def chance(among: int) -> dict[str, float]:
    """What dice reach among so many candidates, exactly: `r1`, `r5`, `r10`, and `rank`, the mean and the median."""
    return {**{f"r{first}": min(1.0, first / among) for first in FIRST}, "rank": (among + 1) / 2}


def _measures(form: str, regime: Regime) -> Mapping[str, Measure]:
    made: dict[str, Measure] = {}
    for scope, place in (("", "the target frames of the split"), ("_in_story", "the target frames of its own story")):
        prefix, asked = f"retrieval.{form}{scope}", f"retrieval.{form}{scope}.asked"
        for first in FIRST:
            means = f"Share of windows whose true {form} is among the {first} nearest to the told one, of {place}."
            made[f"{prefix}.r{first}"] = Measure(
                regime, "higher", means, (f"{prefix}.r{first}", asked), ratio, by_window=False
            )
        means = f"Mean share of {place} that lie nearer to the told {form} than the true one: 1/2 is chance."
        made[f"{prefix}.percentile"] = Measure(
            regime, "lower", means, (f"{prefix}.percentile", asked), ratio, by_window=False
        )
        means = f"Mean rank of the true {form} among {place}, from 1."
        made[f"{prefix}.rank"] = Measure(regime, "lower", means, (f"{prefix}.rank", asked), ratio, by_window=False)
        for first in FIRST:
            means = f"What dice reach of r{first}: {first} over the number of candidates."
            made[f"{prefix}.chance{first}"] = Measure(
                regime, None, means, (f"{prefix}.chance{first}", asked), ratio, by_window=False
            )
    return made


MEASURES: dict[str, Measure] = {**_measures("picture", "n.a."), **_measures("caption", "free-running")}
