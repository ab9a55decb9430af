"""What telling costs a storyteller, and what batching, keeping and sharing save: `python benchmarks/telling.py MODEL`.

MODEL is a run, a bundle or the name of a shipped one. Stories are of the built-in world. One frame is a caption of 60
tokens and a picture; the parts are medians of five, and the ratios come from one process.
"""

import argparse
import statistics
import time
from collections.abc import Callable
from dataclasses import replace

import torch

import fabula
from fabula.data.contexts import to_frames
from fabula.errors import FabulaError
from fabula.story import Frame, Size
from fabula.storyteller import ModelStoryteller
from fabula.types import Memory
from fabula.world import make_story
from fabula.writing import write

WORDS, LONG, TOGETHER, SAMPLES = 60, 100, 16, 8


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("model", nargs="?", default="world")
    asked.add_argument("--threads", type=int, default=2)
    given = asked.parse_args()
    torch.set_num_threads(given.threads)
    teller = without_end(fabula.load(given.model), WORDS)
    contexts = [list(make_story("test", 0, index, Size(60, 125)).frames[:4]) for index in range(TOGETHER)]
    one = seconds(lambda: teller.tell(contexts[:1]))
    many = seconds(lambda: teller.tell(contexts))
    print(f"one frame, {WORDS} tokens and a picture, {given.threads} threads: {one:.2f} s")
    ratio = one * TOGETHER / many
    print(f"{TOGETHER} contexts together: {many / TOGETHER:.3f} s a frame, {ratio:.1f} times the single rate")
    samples(teller, contexts, one)
    caching(without_end(fabula.load(given.model), LONG), contexts[:1])


def samples(teller: ModelStoryteller, contexts: list[list[Frame]], one: float) -> None:
    several = seconds(lambda: teller.samples(contexts[:1], SAMPLES))
    print(
        f"{SAMPLES} samples of one context: {several:.2f} s, {SAMPLES * one / several:.1f} times as fast as one by one"
    )


def caching(teller: ModelStoryteller, contexts: list[list[Frame]]) -> None:
    decoder, vocabulary = teller.model.caption_decoder, teller.tokenizer.vocabulary
    if decoder is None:
        raise FabulaError("this model writes no captions; name one that does")
    memory = teller.model.remember(to_frames(contexts, teller.tokenizer, teller.recipe.data))
    kept = seconds(lambda: write(decoder, memory, LONG, vocabulary, teller.recipe.tell, [torch.Generator()]))
    again = seconds(lambda: forgetful(teller, memory))
    print(f"{LONG} tokens: {kept:.2f} s; all read again for every word {again:.2f} s, {again / kept:.1f} times")


@torch.inference_mode()
def forgetful(teller: ModelStoryteller, memory: Memory) -> None:
    """The likeliest words, each by a pass over all that was read and written before."""
    decoder, vocabulary = teller.model.caption_decoder, teller.tokenizer.vocabulary
    assert decoder is not None
    words = torch.full((1, 1), vocabulary.begin)
    for place in range(LONG):
        said = decoder(memory, torch.cat([words[:, 1:], words[:, :1]], 1)).predicted[:, place]
        words = torch.cat([words, said.argmax(-1, keepdim=True)], 1)


def without_end(teller: ModelStoryteller, words: int) -> ModelStoryteller:
    """The same, writing captions of exactly so many tokens."""
    teller.recipe = replace(teller.recipe, data=replace(teller.recipe.data, caption_length=words))
    decoder = teller.model.caption_decoder
    assert decoder is not None
    step, end = decoder.step, teller.tokenizer.end

    def endless(word, carry):
        logits, carry = step(word, carry)
        logits[:, end] = -torch.inf
        return logits, carry

    decoder.step = endless  # ty: ignore[invalid-assignment]
    return teller


def seconds(work: Callable[[], object]) -> float:
    taken = []
    work()
    for _ in range(5):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


if __name__ == "__main__":
    main()
