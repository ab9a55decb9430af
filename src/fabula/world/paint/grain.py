"""Small details that a seed decides: where a cloud hangs, how a hill runs."""

from __future__ import annotations

from hashlib import blake2b


class Grain:
    """Whole numbers that follow from a seed and a name's position."""

    def __init__(self, seed: str) -> None:
        self.bytes = b"".join(blake2b(f"{seed}.{i}".encode()).digest() for i in range(3))  # 192 bytes

    def __call__(self, index: int, low: int, high: int) -> int:
        """A number in [low, high]; the same index always gives the same one."""
        at = index * 2 % 191
        return low + ((self.bytes[at] << 8 | self.bytes[at + 1]) * (high - low + 1) >> 16)
