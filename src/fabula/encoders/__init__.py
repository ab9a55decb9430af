"""Every way to read a picture and to read a caption."""

from fabula.encoders.image_cells import CellsImageEncoder
from fabula.encoders.image_clip import CLIPImageEncoder
from fabula.encoders.image_conv import ConvImageEncoder
from fabula.encoders.image_dual import DualImageEncoder
from fabula.encoders.image_global_map import GlobalMapImageEncoder
from fabula.encoders.image_resnet import ResNetImageEncoder
from fabula.encoders.image_spatial import SpatialAttentionImageEncoder
from fabula.encoders.image_vit import ViTImageEncoder
from fabula.encoders.text_bilstm import BiLSTMTextEncoder
from fabula.encoders.text_clip import CLIPTextEncoder
from fabula.encoders.text_recurrent import GRUTextEncoder, LSTMTextEncoder
from fabula.encoders.text_transformer import TransformerTextEncoder
from fabula.encoders.text_words import WordsTextEncoder

IMAGE_ENCODERS = {
    "conv": ConvImageEncoder,
    "dual": DualImageEncoder,
    "spatial_attention": SpatialAttentionImageEncoder,
    "resnet": ResNetImageEncoder,
    "global_map": GlobalMapImageEncoder,
    "cells": CellsImageEncoder,
    "vit": ViTImageEncoder,
    "clip": CLIPImageEncoder,
}
TEXT_ENCODERS = {
    "gru": GRUTextEncoder,
    "lstm": LSTMTextEncoder,
    "bilstm": BiLSTMTextEncoder,
    "transformer": TransformerTextEncoder,
    "words": WordsTextEncoder,
    "clip": CLIPTextEncoder,
}
