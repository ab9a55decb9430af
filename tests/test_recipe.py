"""A recipe is read whole: every fault at once, with its place; and what is written reads back equal."""

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from smallest import RECIPE

from fabula import recipe as recipes
from fabula.errors import FabulaError
from fabula.recipe import Augment, Data, Loss, Model, Recipe, Schedule, Tell, Train, World
from fabula.spec import Spec
from fabula.story import Size

GOOD = RECIPE.read_text(encoding="utf-8")


def said(path: Path, *overrides: str) -> list[str]:
    from fabula.building import CATALOGUES
    from fabula.losses import LOSSES

    with pytest.raises(FabulaError) as error:
        recipes.load(path, overrides, {**CATALOGUES, "losses": LOSSES})
    return str(error.value).split("\n")


def write(folder: Path, **texts: str) -> Path:
    for name, text in texts.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder / f"{name}.yaml"


def test_every_fault_comes_at_once_with_path_line_and_what_was_meant(tmp_path: Path):
    child = """extends: parent
name: child
modle: 3
data: {context: three, fit: strech}
model:
  temporal: {kind: grru}
  image_encoder: {kind: conv, chanels: [8, 8]}
train:
  epochs: 3
  batchsize: 3
  learning_rate: fast
losses:
  picture: {use: {kind: l1, floor: 2}}
  caption: {weight: heavy}
"""
    lines = said(write(tmp_path, parent=GOOD, child=child), "train.keep=no", "model.fusion=conat")
    found = {line.split(" ")[0]: line for line in lines}
    assert len(found) == len(lines) == 12
    for path, line, *words in [
        ("modle", 3, "Did you mean 'model'?"),
        ("data.context", 4, "a whole number", "'three'"),
        ("data.fit", 4, "Did you mean 'stretch'?", "crop"),
        ("model.temporal.kind", 6, "Did you mean 'gru'?", "last"),
        ("model.image_encoder.chanels", 7, "Did you mean 'channels'?"),
        ("train", 8, "exactly one of steps and epochs"),
        ("train.batchsize", 10, "Did you mean 'batch_size'?"),
        ("train.learning_rate", 11, "a number", "'fast'"),
        ("losses.picture.use.floor", 13, "'l1' has no options"),
        ("losses.caption.weight", 14, "a number", "'heavy'"),
    ]:
        assert all(word in found[path] for word in (f"child.yaml:{line})", *words)), found[path]
    assert "(command line): expected a whole number, got 'no'" in found["train.keep"]
    assert "(command line): unknown 'conat'. Did you mean 'concat'?" in found["model.fusion.kind"]


@pytest.mark.parametrize(
    ("override", "words"),
    [
        ("train.steps=many", "train.steps (command line): expected a whole number, got 'many'"),
        ("train.steps=2.5", "expected a whole number, got 2.5"),
        ("train.steps=true", "expected a whole number, got True"),
        ("train.steps=-1", "greater than or equal to 1, got -1"),
        ("train.learning_rate='1e-3'", "expected a number, got '1e-3'"),
        ("train.learning_rate=.nan", "expected a finite number, got nan"),
        ("seed=-1", "seed (command line): expected greater than or equal to 0, got -1"),
        ("train.steps=null", "give exactly one of steps and epochs"),
        ("train.precision=float16", "float16 is for CUDA alone"),
        ("train.best=captoin", "train.best (command line): unknown 'captoin'. Did you mean 'caption'?"),
        ("data.picture_size=60", "expected HEIGHTxWIDTH"),
        ("data.picture_size=0x9", "expected HEIGHTxWIDTH"),
        ("data.equalise=1", "expected true or false, got 1"),
        ("data.source=[a]", "data.source (command line): expected a text, got ['a']"),
        ("data=world", "data (command line): expected a section, got 'world'"),
        ("model.temporal={layers: 1, kind: 3}", "expected a name or a section with 'kind'"),
        ("model={image_decoder: null, caption_decoder: null}", "give an image_decoder, a caption_decoder or both"),
        ("losses={loss: {use: l1}}", "a loss is named by letters"),
        ("losses={picture: null, caption: null, context: null}", "losses (command line): give at least one loss"),
        ("train.steps", "an override is written key=value"),
        ("train..steps=3", "an override is written key=value"),
        ("train.steps=[", "the value is not YAML"),
        ("=3", "an override is written key=value"),
        ("extends=base", "extends (command line): unknown 'extends'"),
    ],
)
def test_a_wrong_value_is_said_in_words(override: str, words: str):
    assert any(words in line for line in said(RECIPE, override)), said(RECIPE, override)


def test_a_measure_that_no_decoder_gives_cannot_name_the_best():
    lines = said(RECIPE, "model.caption_decoder=null", "losses.caption=null", "train.best=perplexity")
    assert lines == [
        "train.best (command line): unknown 'perplexity'. Choose from: loss, similarity, picture, context",
    ]


def test_numbers_mean_what_people_mean(tmp_path: Path):
    recipe = recipes.load(RECIPE, ["train.steps=1e3", "train.learning_rate=1", "name='12'", "train.weight_decay=1e-4"])
    assert (recipe.train.steps, recipe.train.learning_rate, recipe.name) == (1000, 1.0, "12")
    assert recipe.train.weight_decay == 1e-4


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("name: a\nname: b\n", "bad.yaml:2: the key 'name' stands twice"),
        ("name: [a\n", "not YAML"),
        ("- a\n", "expected a section"),
        ("", "expected a section"),
        ("extends: bad\n", "bad.yaml: extends itself"),
        ("extends: bda\n", "there is no 'bda'"),
        ("extends: 3\n", "expected the path of a recipe, got 3"),
        ("a: " + "[" * 60 + "]" * 60, "nested deeper"),
        ("name: \x00\n", "not YAML"),
    ],
)
def test_a_file_that_is_no_recipe_is_named(tmp_path: Path, text: str, words: str):
    path = write(tmp_path, bad=text)
    (line,) = said(path)[:1]
    assert words in line, line
    assert "bad.yaml" in line, line


def test_bytes_that_are_no_text_and_circles_over_two_files(tmp_path: Path):
    (tmp_path / "bad.yaml").write_bytes(b"name: \xff\n")
    assert "not UTF-8" in said(tmp_path / "bad.yaml")[0]
    assert (
        "extends itself by way of two.yaml -> one.yaml"
        in said(write(tmp_path, one="extends: two", two="extends: one"))[0]
    )


def test_an_absent_recipe_names_its_neighbours(tmp_path: Path):
    write(tmp_path, storybooks=GOOD)
    assert f"Did you mean '{tmp_path}/storybooks.yaml'?" in said(tmp_path / "storybook.yaml")[0]
    assert "there is no 'tinny'. Did you mean 'tiny'?" in said(Path("tinny"))[0]
    assert recipes.load("tiny").name == "tiny"


def test_a_section_of_another_kind_is_replaced_and_one_of_the_same_is_merged(tmp_path: Path):
    parent = GOOD + "seed: 3\n"
    child = (
        "extends: parent.yaml\nmodel: {temporal: {kind: last}, text_encoder: {embedding: 4}, fusion: {kind: concat}}\n"
    )
    recipe = recipes.load(
        write(tmp_path, parent=parent.replace("temporal: gru", "temporal: {kind: gru, layers: 2}"), child=child)
    )
    assert recipe.model.temporal == Spec("last")
    assert recipe.model.text_encoder == Spec("gru", {"embedding": 4})
    assert recipe.seed == 3


@pytest.mark.parametrize("order", [1, -1])
def test_overrides_make_one_tree_whatever_their_order(order: int):
    overrides = [
        "model.temporal.kind=lstm",
        "model.temporal.layers=2",
        "losses.context=null",
        "model.text_encoder=lstm",
    ]
    recipe = recipes.load(RECIPE, overrides[::order])
    assert recipe.model.temporal == Spec("lstm", {"layers": 2})
    assert recipe.model.text_encoder == Spec("lstm")
    assert list(recipe.losses) == ["picture", "caption"]


TEXT = st.text(max_size=20)
OPTIONS = st.dictionaries(
    st.from_regex(r"[a-z]{1,8}", fullmatch=True).filter(lambda name: name != "kind"),
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers(-(10**12), 10**12)
        | st.floats(allow_nan=False, allow_infinity=False)
        | TEXT,
        lambda below: st.lists(below, max_size=3) | st.dictionaries(TEXT, below, max_size=3),
        max_leaves=6,
    ),
    max_size=3,
)
SPECS = st.builds(Spec, TEXT.filter(bool), OPTIONS)
SHARE = st.floats(0, 1)
POSITIVE = st.floats(1e-12, 1e12)
COUNT = st.integers(0, 10**9)
NUMBER = st.integers(1, 10**9)
SEED = st.integers(0, 2**32 - 1)
MAYBE = st.none() | NUMBER
NAMES = st.from_regex(r"[a-z_]{1,6}", fullmatch=True).filter(lambda name: name not in recipes.RESERVED)
LOSSES = st.dictionaries(NAMES, st.builds(Loss, SPECS, st.floats(-1e9, 1e9), COUNT, COUNT), min_size=1, max_size=3)
DATA = st.builds(
    Data,
    source=TEXT,
    reason_key=st.none() | TEXT,
    context=NUMBER,
    picture_size=st.builds(Size, NUMBER, NUMBER),
    fit=st.sampled_from(["stretch", "crop", "pad"]),
    equalise=st.booleans(),
    caption_length=st.integers(2, 10**6),
    tokenizer=TEXT,
    world=st.builds(World, NUMBER, COUNT, COUNT, SEED),
    augment=st.builds(Augment, st.booleans(), st.floats(0, 0.99), st.floats(0, 180), SHARE),
)
SCHEDULES = st.builds(
    Schedule, st.sampled_from(["constant", "cosine", "onecycle", "plateau"]), COUNT, SHARE, SHARE, POSITIVE
)
TRAIN = st.builds(
    Train,
    steps=NUMBER,
    accumulate=NUMBER,
    optimizer=st.sampled_from(["adamw", "adam"]),
    learning_rate=POSITIVE,
    schedule=SCHEDULES,
    gradient_clip=st.none() | POSITIVE,
    precision=st.sampled_from(["float32", "bfloat16"]),
    threads=MAYBE,
    patience=MAYBE,
)
RECIPES = st.builds(
    Recipe,
    name=TEXT.filter(bool),
    model=st.builds(Model, SPECS, SPECS, SPECS, SPECS, st.none() | SPECS, SPECS, NUMBER),
    losses=LOSSES,
    data=DATA,
    train=TRAIN,
    tell=st.builds(
        Tell, st.sampled_from(["greedy", "sample", "beam"]), POSITIVE, COUNT, st.floats(0.01, 1), POSITIVE, NUMBER
    ),
    seed=SEED,
)


@settings(max_examples=40, deadline=None)
@given(recipe=RECIPES)
def test_what_is_written_reads_back_equal(recipe: Recipe, tmp_path_factory: pytest.TempPathFactory):
    path = tmp_path_factory.getbasetemp() / "written.yaml"
    path.write_text(recipes.dump(recipe), encoding="utf-8", newline="")
    assert recipes.load(path) == recipe


def test_a_complete_recipe_outlives_its_defaults(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    from fabula import bundle
    from fabula.temporal import TEMPORALS

    complete = bundle.read_recipe(RECIPE)
    (tmp_path / "kept.yaml").write_text(recipes.dump(complete), encoding="utf-8")
    assert complete.model.temporal.options["layers"] == 1

    class Other(TEMPORALS["gru"]):
        def __init__(
            self,
            dim: int,
            *,
            layers: int = 7,
            dropout: float = 0.5,
            pool: str = "last",
            last_state: bool = True,
            gives: str = "frames",
        ): ...

    monkeypatch.setitem(TEMPORALS, "gru", Other)
    assert bundle.read_recipe(RECIPE).model.temporal.options["layers"] == 7
    assert bundle.read_recipe(tmp_path / "kept.yaml") == complete


def test_reading_a_recipe_needs_no_torch():
    code = "import sys, fabula.recipe as r; r.load(sys.argv[1]); sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code, str(RECIPE)], check=False).returncode == 0
