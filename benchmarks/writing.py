"""How much faster stories are told together than one by one: `python benchmarks/writing.py`."""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")  # set before torch is imported

import argparse
import time
from collections.abc import Callable
from dataclasses import replace

import torch

from fabula import recipe as recipes
from fabula.building import build_model
from fabula.spec import Spec
from fabula.story import Size
from fabula.types import Frames, Memory, Tokens, Vocabulary
from fabula.writing import write

SIZE, VOCABULARY = Size(60, 125), Vocabulary(2048, 0, 1, 2)
SECTION = recipes.Model(Spec("conv"), Spec("gru"), Spec("concat"), Spec("gru"), Spec("conv"), Spec("gru"), dim=128)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--stories", type=int, default=16)
    asked.add_argument("--words", type=int, default=60)
    given = asked.parse_args()
    torch.manual_seed(0)
    decoder = build_model(SECTION, SIZE, VOCABULARY).eval().caption_decoder
    assert decoder is not None
    memory, usual = nothing_but_state(given.stories), recipes.Tell()
    print(f"{given.stories} captions of {given.words} tokens, seconds (median of 5)")
    for tell in (replace(usual, strategy="greedy"), usual, replace(usual, strategy="beam")):
        together = seconds(lambda tell=tell: tells(decoder, memory, given, tell))
        alone = seconds(lambda tell=tell: [tells(decoder, one, given, tell) for one in parted(memory)])
        print(f"{tell.strategy:8} together {together:.3f}  one by one {alone:.3f}  ratio {alone / together:.1f}")


def tells(decoder, memory: Memory, given: argparse.Namespace, tell: recipes.Tell) -> None:
    dice = [torch.Generator().manual_seed(story) for story in range(len(memory.state.values))]
    with torch.inference_mode():
        write(decoder, memory, given.words, VOCABULARY, tell, dice)


def seconds(work: Callable[[], object]) -> float:
    taken = []
    for _ in range(5):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return sorted(taken)[2]


def nothing_but_state(count: int) -> Memory:
    values = torch.randn(count, 1, SECTION.dim, generator=torch.Generator().manual_seed(0))
    return Memory(Tokens(values, torch.ones(count, 1, dtype=torch.bool)), Frames(*[torch.zeros(count, 1)] * 3))


def parted(memory: Memory) -> list[Memory]:
    return [
        replace(memory, state=Tokens(*(part[i : i + 1] for part in memory.state)))
        for i in range(len(memory.state.mask))
    ]


if __name__ == "__main__":
    main()
