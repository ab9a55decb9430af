"""Everything that training can make small."""

from fabula.losses.adversarial import Adversarial
from fabula.losses.again import CaptionAgain, ImageAgain
from fabula.losses.caption import CaptionCrossEntropy
from fabula.losses.context import ContextMSE
from fabula.losses.cosine import Cosine
from fabula.losses.edge import Edge
from fabula.losses.gate import GateCrossEntropy
from fabula.losses.infonce import InfoNCE
from fabula.losses.kl import KL
from fabula.losses.offered import Alone, Drawn, FlowMatching, Retold
from fabula.losses.perceptual import Perceptual
from fabula.losses.pixels import L1, MSE

LOSSES = {
    "l1": L1,
    "mse": MSE,
    "caption": CaptionCrossEntropy,
    "context": ContextMSE,
    "kl": KL,
    "gate": GateCrossEntropy,
    "cosine": Cosine,
    "contrastive": InfoNCE,
    "image_again": ImageAgain,
    "caption_again": CaptionAgain,
    "edge": Edge,
    "perceptual": Perceptual,
    "flow": FlowMatching,
    "drawn": Drawn,
    "retold": Retold,
    "alone": Alone,
    "adversarial": Adversarial,
}
