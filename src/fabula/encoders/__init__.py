"""Every way to read a picture and to read a caption."""

from fabula.encoders.image_conv import ConvImageEncoder
from fabula.encoders.text_recurrent import GRUTextEncoder, LSTMTextEncoder

IMAGE_ENCODERS = {"conv": ConvImageEncoder}
TEXT_ENCODERS = {"gru": GRUTextEncoder, "lstm": LSTMTextEncoder}
