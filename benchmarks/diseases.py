"""Are ill models called by their disease, and healthy ones healthy? `python benchmarks/diseases.py OUT`.

Trains the planted models of `tests/diseased.py` with several seeds, evaluates each on 64 windows and, where that may
change anything, on 256, and prints a table of Markdown. OUT keeps the `scores.json` of every evaluation: what stands
there is not asked again, so a benchmark that was stopped goes on, and a changed verdict is tried on what was measured
(`--told` asks nothing at all).
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")  # set before torch is imported
sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from diseased import HEALTHY, ILL, Illness, Ward, registered

from fabula import files
from fabula.evaluate import conditions, evaluate
from fabula.verdict import diseases

ASKED = ("pictures", "likelihood", "variety", "endings", "probes", "context")
FEW, MANY = 64, 256
WIDE = (
    *HEALTHY,
    "posterior, prior ignored",
)  # what hangs on chance; the others are as ill with many windows as with few
NAMED = {  # what each must be called, at least
    "plain": "captions ignore the context",  # nothing is planted: so small, its memory is worth next to nothing to them
    "unshifted decoder": "unshifted decoder",
    "posterior, prior ignored": "posterior carries the target",
    "posterior, used in telling": "sees the target",
    "memory sees the target": "sees the target",
    "memory is constant": "captions ignore the context",
    "corpus mode": "one caption for all",
    "one picture": "pictures of a floor",
    "truncates": "captions cut short",
    "copies the last picture": "pictures of a floor",
    "copies the last caption": "captions of a floor",
}
Job = tuple[str, int, int]  # design, seed, windows


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("out", type=Path)
    asked.add_argument("--healthy", type=int, default=5, help="seeds of the healthy designs")
    asked.add_argument("--ill", type=int, default=3, help="seeds of the ill ones")
    asked.add_argument("--told", action="store_true", help="print what stands in OUT")
    given = asked.parse_args()
    wanted = [(design, seed) for design in HEALTHY for seed in range(given.healthy)]
    wanted += [(design, seed) for design in ILL for seed in range(given.ill)]
    if not given.told:
        conditions.PLAIN.clear()  # of changed contexts diseases look at another story's alone
        with registered():
            ask([(*each, FEW) for each in wanted] + [(*each, MANY) for each in wanted if each[0] in WIDE], given.out)
    _print(table(wanted, given.out))


def ask(jobs: Sequence[Job], out: Path) -> None:
    """Seed by seed, few windows first; each training is done once."""
    for seed in sorted({seed for _, seed, _ in jobs}):
        ward = None
        for job in (job for job in jobs if job[1] == seed and not kept(job, out).exists()):
            ward = ward or Ward("data.world.test=44", steps=80, seed=seed)
            files.write_json(kept(job, out), scores_of(ward, {**HEALTHY, **ILL}[job[0]], job[2], seed))


def kept(job: Job, out: Path) -> Path:
    design, seed, windows = job
    return out / f"{design.replace(', ', '-').replace(' ', '-')}-{seed}-{windows}.json"


def scores_of(ward: Ward, illness: Illness, windows: int, seed: int) -> dict[str, Any]:
    tellers = {"model": ward.teller(illness), **ward.floors}
    given = (tellers, ward.corpus.splits["test"], ward.corpus.tokenizer, ward.recipe.data)
    with tempfile.TemporaryDirectory() as folder:
        return evaluate(*given, out=Path(folder) / "e", only=ASKED, limit=windows, seed=seed)


def table(wanted: Sequence[tuple[str, int]], out: Path) -> list[list[str]]:
    """A row a design: its name, then for few and many windows in how many seeds it was named rightly, and what else."""
    rows = [["planted", "must be called", *(f"{windows} windows" for windows in (FEW, MANY))]]
    for design in dict.fromkeys(design for design, _ in wanted):
        seeds = [seed for each, seed in wanted if each == design]
        cells = [_cell(design, list(_found(design, seeds, windows, out))) for windows in (FEW, MANY)]
        rows.append([design, NAMED.get(design, "nothing"), *cells])
    return rows


def _found(design: str, seeds: Sequence[int], windows: int, out: Path) -> Iterator[set[str]]:
    for seed in seeds:
        if (path := kept((design, seed, windows), out)).exists():
            yield set(diseases(files.read_json(path), "model"))


def _cell(design: str, found: Sequence[set[str]]) -> str:
    """`3 of 3; pictures ignore the context 2`."""
    if not found:
        return ""
    right = sum(NAMED[design] in names if design in NAMED else not names for names in found)
    beside = Counter(name for names in found for name in names if name != NAMED.get(design))
    return "; ".join([f"{right} of {len(found)}", *(f"{name} {count}" for name, count in beside.most_common())])


def _print(rows: list[list[str]]) -> None:
    head, *body = rows
    for row in (head, ["---"] * len(head), *body):
        print(f"| {' | '.join(row)} |")


if __name__ == "__main__":
    main()
