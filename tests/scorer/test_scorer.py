"""The scorer: what it gives, what it is made of, and who may not look at it."""

import ast
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import fabula.losses
from fabula.cli import main
from fabula.errors import FabulaError
from fabula.recipe import Data, World
from fabula.scorer import PairScorer, open_scorer
from fabula.scorer.folder import read_about
from fabula.scorer.learning import Plan, in_turn
from fabula.scorer.making import make_scorer, shown
from fabula.scorer.opening import shipped_folder
from fabula.scorer.pairing import TOGETHER, by_area
from fabula.scorer.towers import Design
from fabula.story import Size

SMALL = Design(dim=16, vocabulary=300)


@pytest.fixture(scope="module")
def shipped() -> PairScorer:
    return open_scorer()


@pytest.fixture(scope="module")
def data() -> Data:
    return Data(world=World(train=12, validation=1, test=6))


def made(out: Path, data: Data, seed: int = 0, steps: int = 2) -> dict:
    plan = Plan(steps=steps, batch_size=16, warmup=1, seed=seed)
    return make_scorer(out, data, ["world"], plan=plan, design=SMALL, say=lambda line: None)


@pytest.fixture(scope="module")
def small(tmp_path_factory, data) -> Path:
    out = tmp_path_factory.mktemp("scorer") / "small"
    made(out, data)
    return out


def pictures(count: int, height: int = 60, width: int = 125) -> np.ndarray:
    return np.random.default_rng(count).integers(0, 256, (count, height, width, 3), dtype=np.uint8)


def test_vectors_are_of_length_one_and_of_one_space(shipped):
    for found in (shipped.embed_pictures(pictures(3)), shipped.embed_captions(["A cat.", "", "Ein Fuchs läuft."])):
        assert found.shape == (3, shipped.about["dim"])
        assert found.dtype == np.float32
        assert np.linalg.norm(found, axis=1) == pytest.approx(np.ones(3), abs=1e-5)


@given(st.text(max_size=400))
@settings(max_examples=30)
def test_every_caption_has_a_vector(text):
    found = open_scorer().embed_captions([text, text])
    assert np.isfinite(found).all()
    assert (found[0] == found[1]).all()


def test_half_a_letter_and_a_book_have_vectors(shipped):
    assert np.isfinite(shipped.embed_captions(["\ud800", "word " * 5000])).all()


def test_what_is_read_together_changes_nothing(shipped):
    seen, texts = (
        pictures(TOGETHER // 8 + 3),
        [f"The {n} cats sat on {n * 7} mats." * (n % 4) for n in range(TOGETHER + 3)],
    )
    assert shipped.embed_pictures(seen) == pytest.approx(
        np.concatenate([shipped.embed_pictures(seen[:5]), shipped.embed_pictures(seen[5:])]), abs=3e-6
    )
    alone = np.concatenate([shipped.embed_captions([text]) for text in texts[-9:]])
    assert shipped.embed_captions(texts)[-9:] == pytest.approx(alone, abs=3e-6)
    assert (shipped.embed_captions(texts) == shipped.embed_captions(texts)).all()


def test_nothing_gives_nothing(shipped):
    assert shipped.embed_pictures(pictures(0)).shape == shipped.embed_captions([]).shape == (0, shipped.about["dim"])


def test_pictures_of_unequal_sizes_come_in_a_list(shipped):
    some = [pictures(1, 60, 125)[0], pictures(1, 120, 90)[0]]
    found = shipped.embed_pictures(some)
    assert found[1:] == pytest.approx(shipped.embed_pictures(some[1][None]), abs=3e-6)


def test_the_size_of_a_picture_hardly_matters(shipped):
    """A picture drawn with four pixels for one is the same picture."""
    seen = pictures(4, 32, 64)
    assert shipped.embed_pictures(seen.repeat(2, 1).repeat(2, 2)) == pytest.approx(
        shipped.embed_pictures(seen), abs=1e-5
    )
    assert by_area(seen, Size(1, 1)).squeeze().numpy() == pytest.approx(seen.mean((1, 2)) / 127.5 - 1, abs=1e-5)


@pytest.mark.parametrize(
    "wrong", [np.zeros((60, 125, 3), np.uint8), np.zeros((2, 6, 6, 3)), np.zeros((2, 6, 6, 4), np.uint8)]
)
def test_what_is_no_picture_is_said(shipped, wrong):
    with pytest.raises(FabulaError, match="embed_pictures: expected"):
        shipped.embed_pictures(wrong)


def test_true_pairs_of_the_world_agree_more_than_shuffled_ones(shipped, data):
    """On the test split of the world, far above chance, which is 1/2 and ten of all."""
    from fabula.data.store import open_store
    from fabula.scorer.measuring import retrieval_of_pairs

    found = retrieval_of_pairs(shipped, open_store(data, "test"))
    for way in ("picture_to_caption", "caption_to_picture"):
        assert found[way]["split"]["percentile"] < 0.25
        assert found[way]["split"]["r10"] > 2 * found["chance"]["r10"]


def test_the_shipped_scorer_says_what_it_is():
    about = read_about(shipped_folder())
    assert {"world", "parquet:storybooks"} == set(about["sources"]) == set(about["test"])
    assert {source["split"] for source in about["sources"].values()} == {"train"}
    assert about["plan"]["steps"] > 0
    assert 0 < about["test"]["world"]["picture_to_caption"]["split"]["r1"] <= 1
    assert about["digest"].startswith(open_scorer().about["digest"])
    files = list(shipped_folder().iterdir())
    assert sum(file.stat().st_size for file in files) < 5e6
    assert (shipped_folder() / "scorer.safetensors").stat().st_size < 4e6
    assert not any("/work" in file.read_text() for file in files if file.suffix in (".json", ".md"))


def test_the_credits_travel_with_the_weights():
    said = (shipped_folder() / "CREDITS.md").read_text()
    assert said.count("\n- **") == read_about(shipped_folder())["sources"]["parquet:storybooks"]["stories"]
    assert said.count("CC BY 4.0") >= said.count("\n- **")
    assert "Illustration:" in said


def test_no_loss_looks_through_the_scorer():
    for path in Path(fabula.losses.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import | ast.ImportFrom) else []
            assert not any("scorer" in name for name in names), path.name


def test_the_same_seed_makes_the_same_scorer(tmp_path, data, small):
    again, other = made(tmp_path / "again", data), made(tmp_path / "other", data, seed=1)
    first = read_about(small)
    assert again["digest"] == first["digest"] != other["digest"]
    assert {**again, "seconds": 0} == {**first, "seconds": 0}


def test_making_one_leaves_the_dice_alone(tmp_path, data):
    torch.manual_seed(3)
    expected = torch.rand(2)
    torch.manual_seed(3)
    made(tmp_path / "one", data)
    assert (torch.rand(2) == expected).all()


def test_it_learns(tmp_path, data):
    """A dozen stories by heart: the loss falls well below that of dice."""
    lines: list[str] = []
    plan = Plan(steps=150, batch_size=32, warmup=5, learning_rate=3e-3)
    make_scorer(tmp_path / "one", data, ["world"], plan=plan, design=Design(vocabulary=600), say=lines.append)
    losses = [float(line.split("loss ")[1].split(",")[0]) for line in lines if "loss" in line]
    assert losses[-1] < np.log(32) - 0.5


def test_a_scorer_of_ones_own_is_opened_by_its_folder(small):
    scorer = open_scorer(str(small))
    assert scorer.about["name"] == "small"
    assert scorer.embed_captions(["A cat."]).shape == (1, 16)
    assert open_scorer(str(small)) is scorer


def test_a_wrong_folder_is_said(tmp_path, small):
    with pytest.raises(FabulaError, match=r"scorer: no folder 'nowhere'; name one"):
        open_scorer("nowhere")
    with pytest.raises(FabulaError, match=r"no scorer\.json in it"):
        open_scorer(str(tmp_path))


@pytest.mark.parametrize(
    ("file", "content", "said"),
    [
        ("scorer.json", '{"format": "other"}', "format 'other'; this version reads 'fabula-scorer-1'"),
        ("scorer.safetensors", "no weights", "not a whole safetensors file"),
        ("tokenizer.json", "{}", "not a tokenizer.json"),
    ],
)
def test_a_broken_file_is_named(tmp_path, small, file, content, said):
    copied = Path(shutil.copytree(small, tmp_path / "copy"))
    (copied / file).write_text(content)
    with pytest.raises(FabulaError, match=file) as caught:
        open_scorer(str(copied))
    assert said in str(caught.value)


def test_a_tokenizer_of_another_scorer_is_refused(tmp_path, small):
    copied = Path(shutil.copytree(small, tmp_path / "copy"))
    shutil.copy(shipped_folder() / "tokenizer.json", copied)
    with pytest.raises(FabulaError, match="not the weights that belong to"):
        open_scorer(str(copied))


def test_the_command_says_what_the_shipped_one_is(capsys):
    assert main(["scorer", "about"]) == 0
    assert json.loads(capsys.readouterr().out) == read_about(shipped_folder())


def test_the_command_trains_and_does_not_write_over(tmp_path, capsys):
    out = tmp_path / "own"
    train = ["scorer", "train", str(out), "--steps", "1", "--batch-size", "8", "--stories", "2", "--test-stories", "2"]
    assert main(train) == 0
    assert read_about(out)["plan"]["steps"] == 1
    assert main(train) == 2
    assert "stands already" in capsys.readouterr().err


def test_sources_take_turns_and_are_named_without_their_place():
    assert in_turn(2, (3, 1)) == [0, 0, 0, 1]
    assert in_turn(3, (2, 1)) == [0, 0, 1, 2]
    assert shown("parquet:/home/me/storybooks") == shown("parquet:storybooks") == "parquet:storybooks"
    assert shown("/home/me/storybooks") == "storybooks"
    assert shown("hub:owner/name@1") == "hub:owner/name@1"
