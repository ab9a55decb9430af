"""The scorer: a small encoder of pictures and captions that told stories are measured with, and none learns from."""

from fabula.scorer.opening import SHIPPED, open_scorer
from fabula.scorer.pairing import PairScorer

__all__ = ["SHIPPED", "PairScorer", "open_scorer"]
