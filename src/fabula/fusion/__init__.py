"""Every way to join the picture and the caption of a frame."""

from fabula.fusion.concat import ConcatFusion

FUSIONS = {"concat": ConcatFusion}
