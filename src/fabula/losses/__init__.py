"""Everything that training can make small."""

from fabula.losses.caption import CaptionCrossEntropy
from fabula.losses.context import ContextMSE
from fabula.losses.pixels import L1, MSE

LOSSES = {"l1": L1, "mse": MSE, "caption": CaptionCrossEntropy, "context": ContextMSE}
