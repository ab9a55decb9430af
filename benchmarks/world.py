"""How many stories of the world a second of one core, text and annotation included: `python benchmarks/world.py`.

The ratio is to the time that facts and captions alone take: it says the same on a fast and on a slow machine.
"""

from __future__ import annotations

import time

from fabula.story import Size
from fabula.world import split_stories
from fabula.world.story import told_captions
from fabula.world.tale import tell_facts


def main(count: int = 100) -> None:
    start = time.process_time()
    frames = sum(len(told_captions(tell_facts("train", 0, index))) for index in range(count))
    told = count / (time.process_time() - start)
    print(f"facts and captions: {told:.1f} stories/s, {frames / count:.2f} frames a story")
    for size in (Size(60, 125), Size(64, 128), Size(120, 288), Size(240, 512)):
        start = time.process_time()
        for _ in split_stories("train", 0, count, size):
            pass
        painted = count / (time.process_time() - start)
        print(f"{size}: {painted:.1f} stories/s, {told / painted:.1f} times the time of facts and captions")


if __name__ == "__main__":
    main()
