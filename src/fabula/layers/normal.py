"""Normal distributions with a variance for each dimension: what a variational latent is drawn from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Generator, Tensor, nn

WIDEST = 6.0  # log-variances lie within this: deviations from 0.05 to 20


class Normal(NamedTuple):
    """Means and log-variances, (B, Z) each."""

    mean: Tensor
    logvar: Tensor

    def at(self, eps: Tensor) -> Tensor:
        """mean + eps * deviation, where eps is standard normal (Kingma & Welling 2014, section 2.4)."""
        return self.mean + eps * (self.logvar / 2).exp()

    def kl(self, other: Normal) -> Tensor:
        """KL(this || other) in nats for each dimension, (B, Z), in full precision: small differences of large terms.

        Before a standard normal it is -1/2 (1 + logvar - mean^2 - exp(logvar)) (Kingma & Welling 2014, appendix B).
        """
        ratio = self.logvar.float() - other.logvar.float()
        distance = (self.mean.float() - other.mean.float()).square() / other.logvar.float().exp()
        return -0.5 * (1 + ratio - distance - ratio.exp())

    def standard(self) -> Normal:
        """Mean 0 and variance 1, of the same shape."""
        return Normal(torch.zeros_like(self.mean), torch.zeros_like(self.logvar))


class NormalHead(nn.Module):
    """A vector (B, D) to a normal distribution of Z dimensions.

    The log-variance is bent into (-WIDEST, WIDEST) by tanh, so that neither exp nor its gradient explodes and no
    dimension is lost for good, as it would be behind a hard edge; near 0 it is nearly what the layer said.
    """

    def __init__(self, dim: int, latent: int):
        super().__init__()
        self.mean, self.logvar = nn.Linear(dim, latent), nn.Linear(dim, latent)

    def forward(self, vectors: Tensor) -> Normal:
        return Normal(self.mean(vectors), WIDEST * (self.logvar(vectors) / WIDEST).tanh())


def rolled(dice: Sequence[Generator], like: Tensor) -> Tensor:
    """Standard normal values of the shape (B, Z) of `like`; each story's from its own die."""
    rows = [torch.randn(like.shape[1], generator=die, device=die.device) for die in dice]
    return torch.stack(rows).to(like)
