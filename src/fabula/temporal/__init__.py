"""Every way to remember a story."""

from fabula.temporal.last import LastFrame
from fabula.temporal.mean import MeanFrame
from fabula.temporal.recurrent import GRUTemporal, LSTMTemporal
from fabula.temporal.transformer import TransformerTemporal

TEMPORALS = {
    "gru": GRUTemporal,
    "lstm": LSTMTemporal,
    "transformer": TransformerTemporal,
    "last": LastFrame,
    "mean": MeanFrame,
}
