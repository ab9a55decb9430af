"""How good a prediction of the world's next frame could be, and what knowing it costs: `python benchmarks/oracle.py`.

On windows of the test split, K = 4: captions, next events and facts on `--windows` of them, pictures on `--pictures`.
Beside the oracle stand copy-last and the oracle that is given all frames from the first on.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from itertools import islice
from math import log

import numpy as np

from fabula.story import Frame, Size
from fabula.world import split_stories
from fabula.world.oracle import Oracle
from fabula.world.oracle.outlook import forget
from fabula.world.questions.asking import answers
from fabula.world.scene import from_record

Window = tuple[Sequence[Frame], Sequence[Frame], Frame]  # the last frames, all frames so far, the next frame


def windows(count: int, size: Size, given: int = 4) -> list[Window]:
    """The first windows of the test split, story by story."""
    found = (
        (story.frames[at - given : at], story.frames[:at], story.frames[at])
        for story in split_stories("test", 0, count, size)
        for at in range(given, len(story.frames))
    )
    return list(islice(found, count))


def timed(what: str, ask: Callable[[Window], object], some: Sequence[Window]) -> list:
    """What is said of every window; the time of one is printed."""
    forget()
    start = time.process_time()
    said = [ask(window) for window in some]
    print(f"{what}: {1000 * (time.process_time() - start) / len(some):.1f} ms a window")
    return said


def captions(some: Sequence[Window], oracle: Oracle) -> None:
    words = sum(len(true.caption.split()) for _, _, true in some)
    for name, given in (("4 frames", 0), ("all frames so far", 1)):
        nats = timed(f"log-loss given {name}", lambda w, g=given: oracle.log_loss([w[g]], [w[2].caption])[0], some)
        print(f"  {sum(nats) / words:.3f} nats a word, {sum(nats) / len(some):.2f} nats a caption")


def next_events(some: Sequence[Window], oracle: Oracle) -> None:
    odds = timed("next event", lambda window: list(oracle.predict(window[0]).values()), some)
    print(f"  entropy {np.mean([-sum(p * log(p) for p in each) for each in odds]):.3f} nats")
    print(
        f"  likeliest plot and stage: {np.mean([oracle.posterior(w[0])[0].probability for w in some]):.3f} of the odds"
    )


def facts(some: Sequence[Window], oracle: Oracle) -> None:
    for of in ("caption", "picture"):
        said = timed(f"answers as a {of} gives them", lambda window, of=of: oracle.answers(window[0], of), some)
        true = [answers(from_record(window[2].scene), of) for window in some]
        last = [answers(from_record(window[0][-1].scene), of) for window in some]
        for question in true[0]:
            best = [next(iter(each[question])) for each in said]
            right, copied = (
                np.mean([a == t[question] for a, t in zip(guess, true, strict=True)])
                for guess in (best, [each[question] for each in last])
            )
            sure = np.mean([each[question][a] for each, a in zip(said, best, strict=True)])
            print(f"  {question:8} right {right:.3f}, expected {sure:.3f}, copy-last {copied:.3f}")


def pictures(count: int, size: Size) -> None:
    some = windows(count, size)
    true = [_numbers(window[2]) for window in some]
    print(f"copy-last at {size}: {_errors([_numbers(window[0][-1]) for window in some], true)}")
    for aim in ("mae", "mse"):
        oracle = Oracle(aim=aim, size=size)
        told = timed(f"picture for {aim} at {size}", lambda w, oracle=oracle: _numbers(*oracle.tell([w[0]])), some)
        print(f"  {_errors(told, true)}")


def _errors(told: Sequence[np.ndarray], true: Sequence[np.ndarray]) -> str:
    apart = np.stack(told) - np.stack(true)
    return f"mae {np.abs(apart).mean():.4f}, mse {(apart**2).mean():.4f}"


def _numbers(frame: Frame) -> np.ndarray:
    return np.asarray(frame.picture, np.float64) / 255


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--windows", type=int, default=300)
    asked.add_argument("--pictures", type=int, default=100)
    given = asked.parse_args()
    oracle = Oracle(renders=0)
    some = windows(given.windows, Size(16, 32))
    timed("what all plots may come to, once a process", lambda window: oracle.posterior(window[0][1:2]), some[:1])
    captions(some, oracle)
    next_events(some, oracle)
    facts(some, oracle)
    for size in (Size(32, 64), Size(60, 125)) if given.pictures else ():
        pictures(given.pictures, size)


if __name__ == "__main__":
    main()
