"""Every way to remember a story."""

from fabula.temporal.gru import GRUTemporal
from fabula.temporal.last import LastFrame
from fabula.temporal.mean import MeanFrame

TEMPORALS = {"gru": GRUTemporal, "last": LastFrame, "mean": MeanFrame}
