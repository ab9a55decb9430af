"""A run made into weights that can be handed on: small, told by a card, with whose stories they were learned from."""

from fabula.shipping.making import LARGEST, ship

__all__ = ["LARGEST", "ship"]
