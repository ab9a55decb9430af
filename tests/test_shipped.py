"""Weights that can be had: found by name, half as large, told by a card, credited, and never written to."""

from __future__ import annotations

import io
import json
import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import torch
from PIL import Image
from smallest import smallest

import fabula
from fabula import bundle, cli, shipped, weights
from fabula.data.corpus import open_corpus
from fabula.errors import FabulaError
from fabula.evaluate import fitted
from fabula.origins import bundle_of
from fabula.report.figures import shown
from fabula.run import run as train
from fabula.shipping import LARGEST, ship
from fabula.shipping.places import of_command
from fabula.train.state import fresh_state
from fabula.verdict.standing import HEADLINES

ONLY = [word for part in ("pictures", "likelihood", "overlap") for word in ("--only", part)]


def all_bytes(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run, evaluated with its weights as they are handed on."""
    folder = tmp_path_factory.mktemp("trained") / "run"
    train(smallest("train.steps=2", "train.validate_every=2"), folder)
    rounded = ship(folder, folder.with_name("rounded"))
    assert cli.main(["evaluate", str(rounded), "--out", str(folder / "evaluation"), *ONLY]) == 0
    return folder


@pytest.fixture
def shelf(run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What is shipped is one bundle, `double`, and we are in an empty folder."""
    folder = tmp_path / "package"
    ship(run, folder / "double")
    monkeypatch.setattr(shipped, "HERE", folder)
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    return folder


def test_a_plain_name_is_a_shipped_bundle_wherever_a_run_is_expected(shelf: Path):
    assert shipped.names() == ["double"]
    assert bundle.find("double") == bundle_of("double", "") == bundle.find(shelf / "double") == shelf / "double"
    assert fabula.load("double").recipe == fabula.load(shelf / "double").recipe
    taken = smallest("model.text_encoder={from: double}")
    assert (taken.model.text_encoder.kind, taken.model.text_encoder.origin) == ("gru", "double")


def test_a_folder_of_that_name_wins_and_shipped_always_means_the_shipped_one(shelf: Path, run: Path):
    shutil.copytree(run / "bundle", "double")
    assert bundle.find("double") == Path("double")
    assert bundle.find("shipped:double") == shelf / "double"
    shutil.rmtree("double")
    Path("double").mkdir()
    with pytest.raises(FabulaError, match=r"double: not a bundle.*the shipped bundle of this name is shipped:double"):
        bundle.find("double")


@pytest.mark.parametrize("name", ["doubel", "shipped:doubel"])
def test_a_name_that_nobody_knows_is_told_which_was_meant(shelf: Path, name: str):
    with pytest.raises(FabulaError, match="Did you mean 'double'\\? Choose from: double"):
        bundle.find(name)
    with pytest.raises(FabulaError, match="Did you mean 'double'"):
        bundle_of(name, "model.temporal.from")


def test_where_nothing_is_shipped_nothing_is_offered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(shipped, "HERE", tmp_path)
    assert (shipped.names(), shipped.hint("world"), shipped.meant("world")) == ([], "", None)


def test_it_tells_a_story_of_the_source_that_has_its_name(shelf: Path, run: Path):
    (shelf / "double").rename(shelf / "world")
    assert cli.main(["tell", "world", "world", "--out", "told"]) == 0
    shutil.copytree(run / "bundle", "world")  # a run of one's own, of that name
    assert cli.main(["tell", "world", "world", "--out", "again"]) == 0
    assert json.loads(Path("told/story.json").read_text())["frames"][0]["caption"]
    assert Path("told/storyboard.png").exists()


def test_an_evaluation_and_a_report_are_written_here_and_never_into_the_package(shelf: Path):
    before = all_bytes(shelf)
    assert cli.main(["evaluate", "double", *ONLY]) == 0
    assert cli.main(["report", "double"]) == 0
    assert Path("double-evaluation/scores.json").exists()
    assert "double" in Path("double-report.html").read_text()
    assert cli.main(["evaluate", str(shelf / "double"), *ONLY]) == 0  # by its path
    assert all_bytes(shelf) == before
    assert sorted(path.name for path in Path().iterdir()) == ["double-evaluation", "double-report.html"]


def test_floors_that_do_not_come_with_it_are_fitted_once(shelf: Path, run: Path, monkeypatch: pytest.MonkeyPatch):
    ship(run, shelf / "double", floors=False)
    before = all_bytes(shelf)
    assert "fitted when they are asked for" in before["double/card.md"].decode().replace("\n", " ")
    assert cli.main(["evaluate", "double", *ONLY]) == 0
    assert all_bytes(shelf) == before
    first = json.loads(Path("double-evaluation/scores.json").read_text())["tellers"]
    monkeypatch.setattr(fitted, "fit", None)
    assert cli.main(["evaluate", "double", *ONLY]) == 0
    assert json.loads(Path("double-evaluation/scores.json").read_text())["tellers"] == first
    assert "ngram_cache" in first


class Counting(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.norm = torch.nn.BatchNorm1d(64)
        self.out = torch.nn.Linear(64, 64)
        self.register_buffer("counts", torch.arange(1000) * 1_000_003)
        self.norm.running_mean = torch.rand(64)


def test_rounded_weights_come_back_in_float32_and_what_is_counted_stays_exact(tmp_path: Path):
    one, other = Counting(), Counting()
    halved = weights.learned(one)
    weights.save_tensors(tmp_path / "a", weights.own_tensors(one), {}, halved=halved)
    weights.fill(other, weights.load_tensors(tmp_path / "a")[0], tmp_path)
    for name, tensor in other.state_dict().items():
        own = one.state_dict()[name]
        assert tensor.dtype == own.dtype
        assert torch.equal(tensor, own.bfloat16().float() if name in halved else own), name
    assert halved == {"norm.weight", "norm.bias", "out.weight", "out.bias"}
    assert not torch.equal(one.out.weight, other.out.weight)


def test_half_the_room_and_the_same_model_but_for_rounding(run: Path, tmp_path: Path):
    kept, exact = ship(run, tmp_path / "a"), ship(run, tmp_path / "b", precision="float32", evaluation=False)
    sizes = [(folder / "model.safetensors").stat().st_size for folder in (kept, exact)]
    assert sizes[0] < 0.7 * sizes[1]  # the rest are names
    own, rounded, same = (bundle.load(folder).model.state_dict() for folder in (run, kept, exact))
    assert all(torch.equal(own[name], same[name]) for name in own)
    assert all(torch.equal(own[name].bfloat16().float(), rounded[name].float()) for name in own)


def test_what_was_handed_on_is_handed_on_as_it_was(run: Path, tmp_path: Path):
    first = ship(run, tmp_path / "a" / "double")
    assert all_bytes(ship(first, tmp_path / "b" / "double")) == all_bytes(first)


def test_a_bundle_that_is_too_large_is_refused_and_nothing_of_it_is_left(run: Path, tmp_path: Path):
    with pytest.raises(FabulaError, match=r"more than 0\.0 \(.* MB\); make the model smaller"):
        ship(run, tmp_path / "large", largest=10_000)
    assert not list(tmp_path.iterdir())


def test_a_folder_of_ones_own_is_not_replaced(run: Path, tmp_path: Path):
    (tmp_path / "mine").write_text("x")
    with pytest.raises(FabulaError, match=r"already holds something that has no card\.md"):
        ship(run, tmp_path)


def test_everybody_may_read_it_and_it_names_no_place_of_this_machine(run: Path, tmp_path: Path):
    made = ship(run, tmp_path / "double")
    for path in made.rglob("*"):
        assert path.stat().st_mode & 0o044 == 0o044
        if path.suffix in (".md", ".yaml") or path.name in ("environment.json", "data.json", "scores.json"):
            assert str(run.parent) not in path.read_text(), path
    said = of_command("/a/.venv/bin/fabula train r.yaml --run /b/c data.source=parquet:/d/books 'tell.seed=1 2'")
    assert said == "fabula train r.yaml --run c data.source=parquet:books 'tell.seed=1 2'"


def test_the_card_names_every_headline_number_of_the_scores(run: Path, tmp_path: Path):
    scores = json.loads((run / "evaluation" / "scores.json").read_text())
    ceiling = {"value": 0.0123, "low": 0.0111, "high": 0.0131, "n": 2, "regime": "n.a."}
    scores["tellers"]["the_laws"] = {"kind": "ceiling", "metrics": {"picture.mae": ceiling}}
    scores["tellers"]["model"]["metrics"]["picture.mae"] |= {"way": 0.25, "way_low": 0.1, "way_high": 0.4}
    other = shutil.copytree(run, tmp_path / "run")
    (other / "evaluation" / "scores.json").write_text(json.dumps(scores))
    card = (ship(other, tmp_path / "double") / "card.md").read_text()
    lines = {line.split("`")[1]: line for line in card.splitlines() if line.startswith("| `")}
    metrics = scores["tellers"]["model"]["metrics"]
    known = [name for name in HEADLINES if metrics.get(name, {}).get("value") is not None]
    assert {"picture.mae", "caption.perplexity_word", "caption.bleu"} <= set(known)
    for name in known:
        number = lines[name].split("|")[4].split()[0].replace("\N{MINUS SIGN}", "-").replace(",", "")
        assert float(number) == pytest.approx(metrics[name]["value"], abs=0.6 * 10 ** -len(number.partition(".")[2]))
    assert "### Captions, teacher-forced" in card
    assert "### Captions, free-running" in card
    assert "Measured were these very weights." in card
    assert lines["picture.mae"].endswith("| 0.0123 | 25 % (10 % to 40 %) |")
    floors = [teller["metrics"] for teller in scores["tellers"].values() if teller["kind"] == "floor"]
    floor = min(metrics["picture.mae"]["value"] for metrics in floors if "picture.mae" in metrics)
    assert f"| {shown(floor, 4)}, " in lines["picture.mae"]
    for part in ("# double", "license: mit", "| steps | 2 |", "| machine | ", "## Its limits", "should not be used"):
        assert part in card, part


def test_a_card_without_an_evaluation_says_so(run: Path, tmp_path: Path):
    made = ship(run, tmp_path / "double", evaluation=False)
    card = (made / "card.md").read_text()
    assert "**Not evaluated" in card
    assert "picture.mae" not in card
    assert not (made / "evaluation").exists()


def test_the_card_tells_of_the_stages_before_the_last_in_their_order(run: Path, tmp_path: Path):
    other = shutil.copytree(run, tmp_path / "run")
    for name, hour in (("writer", "12:00"), ("codec", "11:00")):
        facts = {"steps": 3000, "seconds": 61.0, "sessions": [{"command": "fabula", "started": hour}]}
        (other / "stages" / name).mkdir(parents=True)
        (other / "stages" / name / "environment.json").write_text(json.dumps(facts))
    card = (ship(other, tmp_path / "double") / "card.md").read_text()
    told = [line for line in card.splitlines() if line.startswith("| first, ")]
    assert told == [f"| first, {name} | 3,000 steps, 1 min 1 s |" for name in ("codec", "writer")]


def test_numbers_of_other_weights_are_refused_and_those_before_rounding_named(run: Path, tmp_path: Path):
    other = shutil.copytree(run, tmp_path / "run")
    path = other / "evaluation" / "scores.json"
    scores = json.loads(path.read_text())
    for digest, said in [("0" * 16, "speaks of other weights"), (None, "does not say of which weights")]:
        path.write_text(json.dumps({**scores, "protocol": {**scores["protocol"], "weights": digest}}))
        with pytest.raises(FabulaError, match=said):
            ship(other, tmp_path / "double")
    exact = ship(run, tmp_path / "exact", precision="float32", evaluation=False)
    digest = bundle.files.digest(exact / "model.safetensors")[:16]
    path.write_text(json.dumps({**scores, "protocol": {**scores["protocol"], "weights": digest}}))
    assert "before they were rounded" in (ship(other, tmp_path / "double") / "card.md").read_text()


def picture(shade: int) -> dict:
    Image.new("RGB", (24, 16), (shade, 255 - shade, 90)).save(file := io.BytesIO(), "PNG")
    return {"bytes": file.getvalue(), "path": None}


def books(folder: Path, split: str, first: int, count: int) -> None:
    """Stories of three frames, with licence and authors but for the first."""
    numbers = range(first, first + count)
    rows = {
        "story_id": [f"{split}-{number}" for number in numbers],
        "title": [f"Tale {number}" for number in numbers],
        "frames": [[picture(5 * number + frame) for frame in range(3)] for number in numbers],
        "captions": [[f"Page {frame} of tale {number} by the river." for frame in range(3)] for number in numbers],
        "source": ["A shelf"] * count,
        "license": ["" if number == first else "CC BY 4.0" for number in numbers],
        "attribution": ["" if number == first else f"Text: Writer {number}" for number in numbers],
    }
    folder.mkdir(exist_ok=True)
    pq.write_table(pa.table(rows), folder / f"{split}.parquet")


def untrained(folder: Path, *overrides: str) -> Path:
    """A bundle as a run leaves it, but for the training."""
    recipe = smallest(*overrides)
    tokenizer = open_corpus(recipe.data, ["train"]).tokenizer
    bundle.save(folder, fresh_state(recipe, tokenizer.vocabulary).model, tokenizer, recipe)
    return folder


@pytest.fixture
def bookish(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The package ships `books`, which learned from a folder of books that is there."""
    data = tmp_path / "data" / "books"
    data.parent.mkdir()
    for split, first, count in (("train", 0, 4), ("validation", 10, 1), ("test", 20, 2)):
        books(data, split, first, count)
    ship(untrained(tmp_path / "run", f"data.source=parquet:{data}"), tmp_path / "package" / "books")
    monkeypatch.setattr(shipped, "HERE", tmp_path / "package")
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    return data


def test_every_story_it_learned_from_is_credited_and_no_other(bookish: Path):
    lines = [line for line in bundle.find("books").joinpath("CREDITS.md").read_text().splitlines() if line[:1] == "-"]
    assert lines == [
        "- **Tale 0** (train-0): the data names no author and no licence",
        *(f"- **Tale {n}** (train-{n}, A shelf): Text: Writer {n}. CC BY 4.0" for n in (1, 2, 3)),
    ]
    assert bundle.read_recipe(bundle.find("books") / "recipe.yaml").data.source == "parquet:books"


def test_its_own_stories_are_asked_for_where_they_are_not_there(bookish: Path, capsys: pytest.CaptureFixture[str]):
    assert cli.main(["evaluate", "books", *ONLY]) == 2
    said = capsys.readouterr().err
    assert "parquet:books: no file or folder 'books'" in said
    assert "--data parquet:PATH" in said
    assert not Path("books-evaluation").exists()


def test_given_them_it_is_scored_beside_floors_of_their_train_split(bookish: Path):
    assert cli.main(["evaluate", "books", "--data", f"parquet:{bookish}", *ONLY]) == 0
    scores = json.loads(Path("books-evaluation/scores.json").read_text())
    assert (scores["stories"], scores["split"]) == (2, "test")
    assert {"model", "train_median", "ngram_cache"} <= set(scores["tellers"])
    here = bundle.load("books")
    data = smallest(f"data.source=parquet:{bookish}").data
    held = fitted.floors_of(here, data)
    assert held.caption in open_corpus(data, None, here.tokenizer).splits["train"].store.captions


def test_without_any_train_stories_floors_are_refused_with_what_to_do(bookish: Path, tmp_path: Path):
    alone = tmp_path / "alone"
    books(alone, "test", 30, 1)
    with pytest.raises(FabulaError, match=r"no floors in this bundle.*--alone"):
        fitted.floors_of(bundle.load("books"), smallest(f"data.source=parquet:{alone}").data)
    assert cli.main(["evaluate", "books", "--alone", "--data", f"parquet:{alone}", *ONLY]) == 0


def test_parts_that_were_taken_over_bring_their_credits_along(bookish: Path, tmp_path: Path):
    begun = untrained(tmp_path / "next", "model.image_encoder={from: books}")
    text = (ship(begun, tmp_path / "made") / "CREDITS.md").read_text()
    assert "- The built-in world" in text
    assert "- **Tale 3** (train-3, A shelf): Text: Writer 3. CC BY 4.0" in text


def test_the_credits_of_the_real_storybooks_are_one_line_a_story(storybooks: Path):
    from fabula.shipping.credits import _of_data

    lines = list(_of_data(smallest(f"data.source=parquet:{storybooks}").data))
    ids = pq.read_table(storybooks / "train.parquet", columns=["story_id"])["story_id"].to_pylist()
    assert len(lines) == len(ids) == 232
    assert all(f"({name}, " in line and line.endswith(". CC BY 4.0") for name, line in zip(ids, lines, strict=True))


@pytest.mark.parametrize("name", shipped.names())
def test_what_is_shipped_is_whole_small_and_told_by_its_own_files(name: str, tmp_path: Path):
    folder = shipped.folder_of(f"{shipped.ALWAYS}{name}")
    assert sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) <= LARGEST
    assert all_bytes(ship(folder, tmp_path / name)) == all_bytes(folder)
    assert "Measured were these very weights." in (folder / "card.md").read_text()
