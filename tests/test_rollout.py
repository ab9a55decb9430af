"""Told on for many frames: the truth keeps its characters, strangers do not, copying keeps them and never moves."""

import json
from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest
import torch
from PIL import Image
from smallest import SMALL_MODEL

from fabula import bundle, report
from fabula.building import build_model
from fabula.data.contexts import to_frames
from fabula.data.corpus import open_corpus
from fabula.evaluate import evaluate
from fabula.evaluate.rollout import COPY, STRANGERS, TRUTH, UNSEEN, told_on, whole_tellers
from fabula.images import prepare
from fabula.metrics.continued import (
    CAST,
    CHANGE,
    COLOURS,
    KIND,
    NAMES,
    REPEATED,
    SHARPNESS,
    Given,
    of_captions,
    of_identity,
    of_pictures,
)
from fabula.recipe import Data, Loss, Recipe, Tell, Train
from fabula.report.rollout import rolled_out
from fabula.spec import Spec
from fabula.story import Frame, Size, Story
from fabula.storyteller import ModelStoryteller
from fabula.telling import continue_story
from fabula.tokenizer import Tokenizer
from fabula.world.paint.picture import paint
from fabula.world.questions.asking import in_focus
from fabula.world.questions.identity import CHANCE, Album, other_colours
from fabula.world.scene import from_record
from fabula.world.story import told_captions
from fabula.world.tale import tell_facts

SIZE, CONTEXT, STORIES = Size(24, 50), 3, 16


@lru_cache
def story(index):
    tale = tell_facts("test", 7, index)
    pairs = zip(tale.scenes, told_captions(tale), strict=True)
    return [Frame(paint(scene, SIZE).picture, told.text, scene=scene.record()) for scene, told in pairs]


def pixels(frames):
    return np.stack([prepare(frame.picture, SIZE) for frame in frames])


@lru_cache
def given(index):
    frames = story(index)
    return Given(frames[:CONTEXT], pixels(frames[:CONTEXT]), frames[CONTEXT:])


def share(parts, measure):
    above, below = np.concatenate([part[measure] for part in parts]).sum(0)
    return above / below


def identity(frames_of, **options):
    """Kinds and colours kept where each story goes on with the frames that a function gives."""
    parts = [of_identity(given(index), pixels(frames_of(index)), **options) for index in range(STORIES)]
    return share(parts, KIND), share(parts, COLOURS)


def known(index):
    """The later true frames that show one of the cast, where it can be seen who that is."""
    pages = {page.place for page in given(index).album.pages}
    return [frame for place, frame in enumerate(story(index)) if place >= CONTEXT and place in pages]


def test_the_truth_keeps_everybody_and_strangers_do_not():
    truth = identity(known)
    unseen = identity(lambda index: given(index).later, but="itself")
    strangers = identity(lambda index: given((index + STORIES // 2) % STORIES).later)
    assert truth == (1, 1)
    assert all(true > new > strange + 0.2 for true, new, strange in zip(truth, unseen, strangers, strict=True))
    assert all(abs(strange - CHANCE) < 0.2 for strange in strangers)


def test_copying_keeps_everybody_and_repeats_itself():
    for index in (0, 5):
        of, copies = given(index), [story(index)[CONTEXT - 1]] * 4
        moved, said = of_pictures(of, pixels(copies)), of_captions(of, [frame.caption for frame in copies])
        assert (moved[CHANGE][:, 0] == 0).all()
        assert (said[REPEATED] == 1).all()
        assert (said[NAMES][:, 0] == said[NAMES][:, 1]).all()


def test_another_character_in_the_same_place_is_seen():
    """The very frame with somebody else, or in other colours, keeps nobody: all else is as it was."""
    for index in range(6):
        record = story(index)[0].scene
        album = Album([record], {in_focus(from_record(record)).who.id}, SIZE)
        (page,) = album.pages
        assert [album.read(picture).kind for picture in page.kinds] == [1, 0, 0, 0]
        assert [album.read(picture).colours for picture in page.colours] == [1, 0, 0, 0]


def test_other_colours_change_the_colours_alone():
    for index in range(4):
        scene = from_record(story(index)[0].scene)
        others = list(other_colours(scene))
        own = in_focus(scene).who
        worn = [in_focus(other).who for other in others]
        assert len({who.clothes for who in worn}) == len({who.trim for who in worn}) == len(others) >= 3
        assert all({who.clothes, who.trim}.isdisjoint({own.clothes, own.trim}) for who in worn)
        assert all(replace(who, clothes=own.clothes, trim=own.trim) == own for who in worn)


def test_an_album_without_its_cast_asks_nothing():
    records = [frame.scene for frame in story(0)]
    assert Album(records, set(), SIZE).read(pixels(story(0))[0]) is None


def test_names_of_the_cast_and_others():
    of = given(0)
    name = sorted(of.cast)[0]
    other = next(one for one in ("Mila", "Otto", "Wren", "Rufus", "Juno") if one not in of.cast)
    told = of_captions(
        of, [f"{name} slept.", f"{other} met {name}.", f"{other} slept.", "It rained.", f"{name} slept."]
    )
    assert told[NAMES].tolist() == [[1, 1], [1, 2], [0, 1], [0, 0], [1, 1]]
    assert told[CAST][:, 0].tolist() == [1, 1, 0, 0, 1]
    assert told[REPEATED][:, 0].tolist() == [0, 0, 0, 0, 1]


def test_stories_of_no_world_have_names_by_their_captions():
    frames = [Frame(Image.new("RGB", (50, 24), (9 * n, 90, 60)), "Then little Ada ran home.") for n in range(3)]
    of = Given(frames, pixels(frames))
    assert of_identity(of, pixels(frames)) == {}
    told = of_captions(of, ["Soon came Ada again.", "Soon came Bertram.", "Nobody came."])
    assert told[NAMES].tolist() == [[1, 1], [0, 1], [0, 0]]
    assert told[CAST].tolist() == [[1, 1], [0, 1], [0, 1]]


def test_a_blur_is_less_sharp_and_flat_pictures_are_not_asked():
    of = given(1)
    assert of_pictures(of, of.pictures.mean(0, keepdims=True).astype(np.uint8))[SHARPNESS][0, 0] < 0.9
    flat = Given(of.context, np.full_like(of.pictures, 80))
    assert SHARPNESS not in of_pictures(flat, of.pictures)


def model(context=CONTEXT):
    torch.manual_seed(0)
    tokenizer = Tokenizer.train([frame.caption for frame in story(0)], 300)
    data = Data(context=context, picture_size=SIZE, caption_length=12)
    tell = Tell("sample")
    recipe = Recipe("test", SMALL_MODEL, {"words": Loss(Spec("caption"))}, data, Train(steps=1), tell)
    return ModelStoryteller(build_model(recipe.model, SIZE, tokenizer.vocabulary), tokenizer, recipe)


def content(frames):
    return [(frame.caption, frame.picture.tobytes()) for frame in frames]


class Watched:
    """A teller that notes how many frames it is given."""

    paints = writes = True

    def __init__(self, teller):
        self.teller, self.lengths = teller, set()

    def tell(self, contexts, *, seed=0):
        self.lengths |= {len(context) for context in contexts}
        return self.teller.tell(contexts, seed=seed)


def test_a_story_of_thirty_frames_is_told_from_as_few_as_are_read():
    teller = model()
    whole = Story("one", tuple(story(0)[:1]))
    (told,) = continue_story(teller, whole, steps=30, seed=3).continuations
    assert len(told) == 30
    ways = [to_frames([[*whole.frames, *told[:step]]], teller.tokenizer, teller.recipe.data) for step in range(30)]
    assert {tuple(way.images.shape[:2]) for way in ways} == {(1, CONTEXT)}
    short = replace(whole, frames=told[-CONTEXT - 1 : -1])
    (again,) = continue_story(teller, short, seed=3).continuations
    assert content(again) == content(told[-1:])


@pytest.mark.parametrize("count", range(1, CONTEXT + 1))
def test_any_number_of_frames_is_continued_and_one_seed_is_one_story(count):
    teller, frames = model(), story(0)[:count]
    (told,) = told_on(teller, [frames], 4, seed=2)
    (again,) = told_on(teller, [frames], 4, seed=2)
    (other,) = told_on(teller, [frames], 4, seed=5)
    assert content(told) == content(again) != content(other)
    assert [frame.number for frame in told] == [0] * 4


def test_stories_told_side_by_side_are_those_told_alone():
    teller, stories = model(), [story(index)[:CONTEXT] for index in range(3)]
    watched = Watched(teller)
    ways = told_on(watched, stories, 3, seed=1)
    alone = [continue_story(teller, Story("one", tuple(frames)), steps=3, seed=1) for frames in stories]
    assert [content(way) for way in ways] == [content(each.continuations[0]) for each in alone]
    assert watched.lengths == {CONTEXT}


def test_who_only_paints_is_told_on_where_nobody_writes():
    writer, painter = model(), Watched(model())
    painter.writes = False
    assert list(whole_tellers({"a": writer, "b": painter})) == ["a"]
    assert list(whole_tellers({"b": painter})) == ["b"]


SMALL = (
    "data.picture_size=24x50",
    "data.caption_length=24",
    "data.vocabulary=400",
    "data.world={train: 6, validation: 2, test: 5, seed: 0}",
    "model.dim=16",
    "tell.strategy=greedy",
)


@pytest.fixture(scope="module")
def evaluated(tmp_path_factory):
    """The roll-out of an untrained model; its folder, its scores, and what it was asked with."""
    recipe = bundle.read_recipe("recipes/tiny.yaml", SMALL)
    corpus = open_corpus(recipe.data)
    torch.manual_seed(0)
    made = build_model(recipe.model, recipe.data.picture_size, corpus.tokenizer.vocabulary)
    teller = ModelStoryteller(made, corpus.tokenizer, recipe)
    out = tmp_path_factory.mktemp("evaluated") / "evaluation"
    given = {"model": teller}, corpus.splits["test"], corpus.tokenizer, recipe.data
    return out, evaluate(*given, out=out, only=["rollout"]), given


def test_each_teller_has_a_value_a_step(evaluated):
    out, scores, (_, split, *_) = evaluated
    found = scores["rollout"]
    assert found["stories"] == len(split.store.ids) == 5
    assert set(found["tellers"]) == {"model", TRUTH, UNSEEN, COPY, STRANGERS}
    for name in ("model", COPY):
        assert all(len(steps) == found["steps"] == 10 for steps in found["tellers"][name]["steps"].values())
    reached = [entry["n"] for entry in found["tellers"][TRUTH]["steps"][CHANGE]]
    assert reached == [int((split.store.counts > found["context"] + step).sum()) for step in range(10)]
    assert found["tellers"][COPY]["all"][CHANGE]["value"] == 0
    assert found["tellers"][COPY]["all"][REPEATED]["value"] == 1
    assert json.loads((out / "scores.json").read_text())["rollout"]["tellers"].keys() == found["tellers"].keys()
    assert "rollout" in json.loads((out / "costs.json").read_text())


def test_what_comes_later_changes_nothing_that_is_told(evaluated, tmp_path, monkeypatch):
    """Other frames after the context: the same is told, and held against another truth."""
    out, scores, given = evaluated
    store = given[1].store
    frames, count = type(store).frames, given[3].context

    def changed(self, number):
        own = frames(self, number)
        return [*own[:count], *(replace(frame, caption="It was all quite other.") for frame in own[count:][::-1])]

    monkeypatch.setattr(type(store), "frames", changed)
    other = evaluate(*given, out=tmp_path / "other", only=["rollout"])
    told = [path.read_bytes() for path in sorted((out / "rollout").iterdir())]
    assert told == [path.read_bytes() for path in sorted((tmp_path / "other" / "rollout").iterdir())]
    said = (CAST, NAMES, REPEATED, CHANGE, SHARPNESS)
    mine, theirs = (each["rollout"]["tellers"] for each in (scores, other))
    assert all(mine["model"]["steps"].get(name) == theirs["model"]["steps"].get(name) for name in said)
    assert mine[TRUTH]["steps"][CAST] != theirs[TRUTH]["steps"][CAST]


def test_the_page_draws_every_measure_and_shows_the_first_story(evaluated):
    out, scores, _ = evaluated
    page = report.write([out], out / "report.html").read_text()
    found = rolled_out(out, scores)
    assert found is not None
    assert page.count('class="rolled" role="img"') == len(found.drawn) == 7
    (strip,) = found.stories
    assert [frame.kind for frame in strip.frames] == ["context"] * 4 + ["told"] * 10
    assert all(frame.picture for frame in strip.frames)
    assert "Many frames on" in page


def test_a_report_without_a_roll_out_says_nothing_of_it(evaluated, tmp_path):
    out, scores, _ = evaluated
    assert rolled_out(out, {**scores, "rollout": {}}) is None
    assert rolled_out(tmp_path, scores).stories == ()
