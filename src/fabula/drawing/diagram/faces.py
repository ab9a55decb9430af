"""What each card of a diagram says."""

from __future__ import annotations

from typing import Any

from fabula.drawing.diagram.architecture import Architecture, Part, Term
from fabula.drawing.diagram.cards import FAINT, INK, WIDE, Card, wrapped

FRAME_WIDE, TOLD_WIDE = 1.15, 2.05  # inches
COLOURS = {
    "image_encoder": "#4f88a8",
    "text_encoder": "#b98a2f",
    "note_encoder": "#b98a2f",
    "fusion": "#3d6b57",
    "temporal": "#3d6b57",
    "image_decoder": "#b4472e",
    "caption_decoder": "#b4472e",
}
READ = {"image_encoder": "picture", "text_encoder": "caption", "note_encoder": "notes"}
TOLD = {"image_decoder": "picture", "caption_decoder": "caption"}
TIMES = "\u00d7"


def faces(made: Architecture) -> dict[str, Card]:
    """The slots by name, the frames that they read as `read SLOT`, what is told as `told SLOT`.

    Losses that compare what the encoders give stand between these, as `encoders`.
    """
    frames = {f"read {slot}": _frame(made, slot) for slot in READ if slot in made.parts}
    parts = {slot: _card(part) for slot, part in made.parts.items()}
    told = {f"told {slot}": _told(made, slot) for slot in TOLD if slot in made.parts}
    compared = terms_of(made, "encoders")
    between = {"encoders": Card("brought together", FAINT, lines=_loss_lines(compared, WIDE))} if compared else {}
    return {**frames, **parts, **between, **told}


def _frame(made: Architecture, slot: str) -> Card:
    count = made.recipe.data.context if made.recipe.stage == "story" else 1
    what = f"of {count} frames" if count != 1 else "of one frame"
    return Card(READ[slot], FAINT, lines=(what,), wide=FRAME_WIDE)


def _card(part: Part) -> Card:
    held = part.weights > 0 and part.frozen == part.weights
    options = [f"{name} {_shown(value)}" for name, value in part.options.items() if _tells(value)]
    marks = ["frozen"] if held else [f"{part.frozen:,} of them frozen"] if part.frozen else []
    foot = (f"{part.weights:,} weights" if part.weights else "no weights", *marks)
    origin = wrapped([f"from {part.spec.origin}"]) if part.spec.origin else ()
    return Card(part.slot, COLOURS[part.slot], part.spec.kind, wrapped(options), (*foot, *origin), held=held)


def _tells(value: Any) -> bool:
    return value is not None and value is not False and value != 0


def _shown(value: Any) -> str:
    if value is True:
        return "yes"
    return "-".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _told(made: Architecture, slot: str) -> Card:
    whose = "next " if made.recipe.stage == "story" else "the same "
    lines = _loss_lines(terms_of(made, slot), TOLD_WIDE) or ("no loss",)
    return Card(f"{whose}{TOLD[slot]}", INK, lines=("made small, by weight:", *lines), wide=TOLD_WIDE)


def _loss_lines(terms: list[Term], wide: float) -> tuple[str, ...]:
    return tuple(line for term in terms for line in wrapped(_loss(term), wide))


def _loss(term: Term) -> list[str]:
    """Its weight and name, its kind where that is another, and when it begins."""
    kind, loss = term.loss.use.kind, term.loss
    when = [f"from step {loss.start_step}"] if loss.start_step else []
    when += [f"growing over {loss.ramp_steps} steps"] if loss.ramp_steps else []
    return [f"{loss.weight:g} {TIMES} {term.name}" + (f" ({kind})" if kind != term.name else ""), *when]


def terms_of(made: Architecture, at: str) -> list[Term]:
    """The losses that teach a slot."""
    return [term for term in made.terms if term.at == at]


def notes_join(made: Architecture) -> bool:
    """Whether there are notes, and they join the state, past fusion and memory."""
    return "note_encoder" in made.parts and made.recipe.model.notes_in == "decoding"
