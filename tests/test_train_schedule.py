"""Learning rates against torch's own schedulers, and the laws of plateaus and of the best."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from fabula.recipe import Schedule, Train
from fabula.train.schedule import Best, Plateau, learning_rate

STEPS = 40


def torch_rates(make, losses=None) -> list[float]:
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.1)
    scheduler, rates = make(optimizer), []
    for step in range(STEPS):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step(losses[step]) if losses else scheduler.step()
    return rates


def test_onecycle_is_torchs():
    schedule = Schedule(kind="onecycle", pct_start=0.3, div_factor=3, final_div_factor=100)
    plan = Train(steps=STEPS, learning_rate=0.1, schedule=schedule)
    theirs = torch_rates(
        lambda o: torch.optim.lr_scheduler.OneCycleLR(
            o, 0.1, STEPS, pct_start=0.3, div_factor=3, final_div_factor=100, cycle_momentum=False
        )
    )
    assert [learning_rate(step, STEPS, plan) for step in range(STEPS)] == pytest.approx(theirs, rel=1e-6)


def test_cosine_is_torchs():
    plan = Train(steps=STEPS, learning_rate=0.1, schedule=Schedule(kind="cosine", final=0.2))
    theirs = torch_rates(lambda o: torch.optim.lr_scheduler.CosineAnnealingLR(o, STEPS, eta_min=0.02))
    assert [learning_rate(step, STEPS, plan) for step in range(STEPS)] == pytest.approx(theirs, rel=1e-6)


@given(losses=st.lists(st.floats(0.1, 10), min_size=STEPS, max_size=STEPS), patience=st.integers(0, 4))
def test_plateau_is_torchs(losses: list[float], patience: int):
    plan = Train(learning_rate=0.1, schedule=Schedule(kind="plateau", factor=0.5, patience=patience))
    theirs = torch_rates(
        lambda o: torch.optim.lr_scheduler.ReduceLROnPlateau(o, factor=0.5, patience=patience, eps=0), losses
    )
    plateau, ours = Plateau(), []
    for step, loss in enumerate(losses):
        ours.append(learning_rate(step, STEPS, plan, plateau))
        plateau = plateau.after(loss, plan.schedule)
    assert ours == pytest.approx(theirs, rel=1e-6)


KINDS = st.sampled_from(["constant", "cosine", "onecycle", "plateau"])


@given(kind=KINDS, warmup=st.integers(0, 60), steps=st.integers(1, 60))
def test_a_rate_is_positive_and_warm_up_is_a_straight_line(kind, warmup: int, steps: int):
    plan = Train(learning_rate=0.1, schedule=Schedule(kind=kind, warmup_steps=warmup))
    rates = [learning_rate(step, steps, plan) for step in range(steps)]
    assert all(0 < rate <= 0.1 + 1e-12 for rate in rates)
    assert rates[:warmup] == pytest.approx([0.1 * (step + 1) / warmup for step in range(min(warmup, steps))])


@given(values=st.lists(st.floats(allow_nan=True), min_size=1), more=st.booleans())
def test_the_best_is_the_first_best_number(values: list[float], more: bool):
    best = Best()
    for step, value in enumerate(values, start=1):
        best = best.after(value, step, more_is_better=more)
    numbers = [value for value in values if math.isfinite(value)]
    if not numbers:
        assert best == Best(None, 0, len(values))
        return
    value = max(numbers) if more else min(numbers)
    assert (best.value, best.step) == (value, values.index(value) + 1)
    assert best.waited == len(values) - best.step
