"""A diagram shows the model that a recipe builds, and nothing else."""

import re
from dataclasses import replace
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

import pytest
import torch
from smallest import smallest

from fabula import cli
from fabula.building import build_learner, slots_of
from fabula.bundle import read_recipe
from fabula.drawing.diagram.architecture import Architecture, architecture
from fabula.drawing.diagram.cards import WIDE, wrapped
from fabula.drawing.diagram.diagram import draw, write_drawing
from fabula.drawing.diagram.plan import planned
from fabula.recipe import Recipe
from fabula.shelf import shipped
from fabula.story import Size
from fabula.types import Vocabulary

NOTES = ("data.notes=tags", "model.note_encoder=gru")
CAPTIONS = ("model.image_decoder=null", "losses.picture=null", "losses.context=null")
KINDS = {
    "both": (),
    "captions alone": CAPTIONS,
    "pictures alone": ("model.caption_decoder=null", "losses.caption=null"),
    "copying": ("model.image_decoder.kind=copy", "model.caption_decoder.kind=pointer"),
    "one that copies": (*CAPTIONS, "model.caption_decoder.kind=pointer"),
    "frozen": ("model.text_encoder={kind: gru, from: runs/words, frozen: true}",),
    "notes in fusion": NOTES,
    "notes beside the state": (*NOTES, "model.notes_in=decoding"),
    "notes and copying": (*NOTES, "model.caption_decoder.kind=pointer"),
    "encoders brought together": ("losses.alignment={use: cosine, weight: 0.01}",),
    "a picture again": ("stage=picture", "losses.context=null"),
    "a caption again": ("stage=text",),
}


def small(recipe: Recipe) -> Recipe:
    """The same parts with few words and small pictures."""
    data = replace(recipe.data, vocabulary=300, caption_length=8, note_length=6, picture_size=Size(32, 48))
    return replace(recipe, data=data, model=replace(recipe.model, dim=32))


@cache
def made(kind: str) -> Architecture:
    return architecture(smallest(*KINDS[kind]))


def drawn(shown: Architecture, folder: Path) -> list[str]:
    """The texts of the SVG."""
    write_drawing(draw(shown), folder / "drawn.svg")
    texts = ElementTree.parse(folder / "drawn.svg").iter("{http://www.w3.org/2000/svg}text")
    return ["".join(text.itertext()) for text in texts]


def check_drawn(shown: Architecture, folder: Path) -> None:
    texts, recipe = drawn(shown, folder), shown.recipe
    model = build_learner(recipe, Vocabulary(recipe.data.vocabulary, 0, 1, 2))
    there = {slot for slot in slots_of(recipe.stage) if getattr(model, slot) is not None}
    assert {text for text in texts if re.fullmatch(r"\w+coder|fusion|temporal", text)} == there
    for slot in there:
        weights = sum(weight.numel() for weight in getattr(model, slot).parameters())
        assert (f"{weights:,} weights" if weights else "no weights") in texts
        assert getattr(recipe.model, slot).kind in texts
    assert sum(f"{sum(w.numel() for w in model.parameters()):,} weights in all" in text for text in texts) == 1


@pytest.mark.parametrize("name", shipped())
def test_every_shipped_recipe_is_drawn_as_it_is_built(name, tmp_path):
    check_drawn(architecture(small(read_recipe(name))), tmp_path)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_model_is_drawn_as_it_is_built(kind, tmp_path):
    check_drawn(made(kind), tmp_path)


@pytest.mark.parametrize("kind", KINDS)
def test_no_card_lies_on_another_or_off_the_sheet(kind):
    plan = planned(made(kind))
    cards = list(plan.cards.values())
    for number, one in enumerate(cards):
        assert 0 < one.left < one.right < plan.wide
        assert 0 < one.top < one.bottom < plan.tall
        for other in cards[number + 1 :]:
            beside = one.right < other.left or other.right < one.left
            assert beside or one.bottom < other.top or other.bottom < one.top


@pytest.mark.parametrize("kind", ["both", "notes and copying", "encoders brought together", "frozen"])
def test_every_text_is_on_the_sheet_and_none_lies_on_another(kind):
    figure = draw(made(kind))
    figure.set_dpi(100)
    boxes = [text.get_window_extent() for text in figure.axes[0].texts]
    letters = [box.shrunk(0.9, 0.7) for box in boxes]
    wide, tall = (100 * side for side in figure.get_size_inches())
    for number, one in enumerate(boxes):
        assert one.x0 > 0
        assert one.y0 > 0
        assert one.x1 < wide
        assert one.y1 < tall
        assert not any(one.overlaps(other) for other in letters[number + 1 :])


def test_shapes_and_losses_are_on_it(tmp_path):
    texts = drawn(made("both"), tmp_path)
    for numbers in ("4 3 16 24", "4 12", "4 1 8", "4 12 8", "2 2 1 8", "2 1 8", "2 3 16 24", "2 12 300"):
        assert numbers in texts
    for letters in ("N C H W", "N L", "N F D", "N F' D", "B K F D", "B S D", "B C H W", "B L V"):
        assert letters in texts
    assert "5 \u00d7 picture (l1)" in texts
    assert "0.2 \u00d7 context, from step 2" in texts
    assert "1 \u00d7 caption," in texts
    assert "growing over 3 steps" in texts


def test_what_a_decoder_reads_past_the_state_is_said(tmp_path):
    assert not any(" reads the " in text for text in drawn(made("both"), tmp_path))
    texts = drawn(made("copying"), tmp_path)
    assert "image_decoder reads the pictures of the context too" in texts
    assert "caption_decoder reads the words of the context too" in texts


def test_frozen_and_taken_over_parts_are_marked(tmp_path):
    assert "frozen" not in drawn(made("both"), tmp_path)
    texts = drawn(made("frozen"), tmp_path)
    assert texts.count("frozen") == 1
    assert "from runs/words" in texts


def test_the_same_recipe_is_the_same_file_and_draws_no_random_number(tmp_path):
    for form in ("svg", "png"):
        files = []
        for number in range(2):
            torch.manual_seed(number)
            before = torch.get_rng_state()
            write_drawing(draw(architecture(smallest())), tmp_path / f"{number}.{form}")
            assert torch.equal(torch.get_rng_state(), before)
            files.append((tmp_path / f"{number}.{form}").read_bytes())
        assert files[0] == files[1]


def test_options_are_whole_on_their_lines():
    lines = wrapped((f"option{number} {'x' * number}" for number in range(12)), WIDE)
    assert len(lines) == 6
    assert all(re.fullmatch(r"(option\d+( x+)?,? ?)+(…)?", line) for line in lines)
    assert lines[-1].endswith("…")
    assert wrapped([]) == ()


def test_the_command_writes_both_or_what_it_is_told(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    recipe = str(Path(__file__).parent / "recipes" / "smallest.yaml")
    assert cli.main(["diagram", recipe, "name=mine"]) == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine.png", "mine.svg"]
    assert cli.main(["diagram", recipe, "--out", "new/one.svg"]) == 0
    assert (tmp_path / "new" / "one.svg").read_text().startswith("<?xml")
    capsys.readouterr()
    assert cli.main(["diagram", recipe, "--out", "one.pdf"]) == 2
    assert "one.pdf: a diagram is written as .svg or .png" in capsys.readouterr().err
    assert cli.main(["diagram", recipe, "model.temporal.kind=grru"]) == 2
    assert "Did you mean 'gru'?" in capsys.readouterr().err
