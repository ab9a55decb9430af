"""How much faster captions are written with what is kept from word to word: `python benchmarks/keeping.py`.

Greedily, beside running the whole prefix again for every word; both write the same words.
"""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")  # set before torch is imported

import argparse
import time
from collections.abc import Callable

import torch
from torch import Tensor

from fabula import recipe as recipes
from fabula.decoders import CAPTION_DECODERS
from fabula.roles import CaptionDecoder
from fabula.types import Frames, Memory, Tokens, Vocabulary
from fabula.writing import Page, write

VOCABULARY = Vocabulary(2048, 0, 1, 2)
GREEDY = recipes.Tell("greedy", repetition_penalty=1.0)
WRITERS = {"gru": {}, "gru that asks": {"attention": True}, "transformer": {"layers": 4}}


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--stories", type=int, default=32)
    asked.add_argument("--words", type=int, default=64)
    asked.add_argument("--tokens", type=int, default=64, help="of the memory")
    asked.add_argument("--dim", type=int, default=128)
    given = asked.parse_args()
    memory = some_memory(given.stories, given.tokens, given.dim)
    print(f"{given.stories} captions of {given.words} tokens, memory of {given.tokens}, seconds (best of 3)")
    for name, options in WRITERS.items():
        decoder = writer(name.split()[0], given.dim, options)
        kept, kept_ids = seconds(lambda d=decoder: write(d, memory, given.words, VOCABULARY, GREEDY, []))
        again, again_ids = seconds(lambda d=decoder: from_the_start(d, memory, given.words))
        assert torch.equal(kept_ids, again_ids)
        print(f"{name:14} kept {kept:.3f}  prefix again {again:.3f}  ratio {again / kept:.1f}")


def from_the_start(decoder: CaptionDecoder, memory: Memory, length: int) -> Tensor:
    """The same greedy caption by teacher forcing of all words so far, once a word."""
    page = Page(memory, length, VOCABULARY)
    for place in range(length):
        logits = decoder(memory, page.ids[:, : place + 1]).predicted[:, place]
        page.add(page.scores(logits, 1.0).argmax(-1))
    return page.ids


def writer(kind: str, dim: int, options: dict) -> CaptionDecoder:
    """Untrained; it never ends a caption."""
    torch.manual_seed(0)
    decoder = CAPTION_DECODERS[kind](dim, VOCABULARY, **options).eval()
    decoder.speak.choose.bias.data[VOCABULARY.end] = -1e9
    return decoder


def some_memory(stories: int, tokens: int, dim: int) -> Memory:
    values = torch.randn(stories, tokens, dim, generator=torch.Generator().manual_seed(0))
    there = torch.ones(stories, tokens, dtype=torch.bool)
    return Memory(Tokens(values, there), Frames(*[torch.zeros(stories, 1)] * 3))


@torch.inference_mode()
def seconds(work: Callable[[], Tensor]) -> tuple[float, Tensor]:
    taken, ids = [], work()
    for _ in range(3):
        start = time.perf_counter()
        ids = work()
        taken.append(time.perf_counter() - start)
    return min(taken), ids


if __name__ == "__main__":
    main()
