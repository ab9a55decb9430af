"""Every way to join the picture and the caption of a frame."""

from fabula.fusion.bidirectional import BidirectionalFusion
from fabula.fusion.concat import ConcatFusion
from fabula.fusion.cross_attention import CrossAttentionFusion
from fabula.fusion.gate import GateFusion
from fabula.fusion.joint import JointFusion

FUSIONS = {
    "concat": ConcatFusion,
    "cross_attention": CrossAttentionFusion,
    "gate": GateFusion,
    "joint": JointFusion,
    "bidirectional": BidirectionalFusion,
}
