"""Every way to paint the next picture and to write the next caption."""

from fabula.decoders.caption_pointer import PointerCaptionDecoder
from fabula.decoders.caption_recurrent import GRUCaptionDecoder, LSTMCaptionDecoder
from fabula.decoders.caption_story import StoryCaptionDecoder
from fabula.decoders.caption_transformer import TransformerCaptionDecoder
from fabula.decoders.image_conv import ConvImageDecoder
from fabula.decoders.image_copy import CopyImageDecoder
from fabula.decoders.image_deep import DeepImageDecoder
from fabula.decoders.image_flow import FlowImageDecoder
from fabula.decoders.image_gated import GatedImageDecoder
from fabula.decoders.image_skip import SkipImageDecoder
from fabula.decoders.image_variational import VariationalImageDecoder
from fabula.decoders.unconditional import Unconditional

__all__ = ["CAPTION_DECODERS", "IMAGE_DECODERS", "Unconditional"]

IMAGE_DECODERS = {
    "conv": ConvImageDecoder,
    "copy": CopyImageDecoder,
    "deep": DeepImageDecoder,
    "skip": SkipImageDecoder,
    "variational": VariationalImageDecoder,
    "flow": FlowImageDecoder,
    "gated": GatedImageDecoder,
}
CAPTION_DECODERS = {
    "gru": GRUCaptionDecoder,
    "lstm": LSTMCaptionDecoder,
    "pointer": PointerCaptionDecoder,
    "story": StoryCaptionDecoder,
    "transformer": TransformerCaptionDecoder,
}
