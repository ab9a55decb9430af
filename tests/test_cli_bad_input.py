"""Bad input through the command line: one clear line, exit code 2, no traceback, nothing half-written.

What looks bad but can be read (a grey picture, an empty caption) must work.
"""

import json
import os
import resource
import signal
import struct
import subprocess
import sys
import zlib
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from fabula import bundle
from fabula.building import build_model
from fabula.cli import main
from fabula.recipe import Data, Loss, Model, Recipe, Tell, Train
from fabula.spec import Spec
from fabula.story import Size
from fabula.tokenizer import Tokenizer

SIZE = Size(14, 22)
TOKENIZER = Tokenizer.train(["The fox found a lamp.", "Rain fell, and Mira ran home."], 300)
MODEL = Model(
    image_encoder=Spec("conv", {"channels": [16]}),
    text_encoder=Spec("gru"),
    fusion=Spec("concat"),
    temporal=Spec("last"),
    image_decoder=Spec("conv", {"channels": [16]}),
    caption_decoder=Spec("gru"),
    dim=16,
)
SMALL = ["data.world.train=6", "data.world.validation=3", "data.world.test=3", "train.steps=1"]


@pytest.fixture(scope="session")
def trained(tmp_path_factory) -> Path:
    """A bundle that knows nothing, which is enough to tell."""
    folder = tmp_path_factory.mktemp("bundles") / "small"
    data = Data(context=3, picture_size=SIZE, caption_length=10)
    recipe = Recipe("small", MODEL, {"words": Loss(Spec("caption"))}, data, Train(steps=1), Tell("sample"))
    bundle.save(folder, build_model(MODEL, SIZE, TOKENIZER.vocabulary), TOKENIZER, recipe)
    return folder


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch) -> Path:
    """Every command runs in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def refused(capsys, *arguments: str) -> str:
    """What is said about a command line that must fail as people are promised, and leave nothing new behind."""
    before = listing(Path())
    code = main([str(argument) for argument in arguments])
    err = capsys.readouterr().err
    assert code == 2, err
    assert all(line.startswith("fabula: ") for line in err.strip().split("\n")), err
    assert "Traceback" not in err
    assert listing(Path()) == before
    return err


def listing(folder: Path) -> set[tuple[str, int]]:
    """Files and their sizes; a lock is no content."""
    found = (path for path in folder.rglob("*") if path.is_file() and path.name != ".lock")
    return {(str(path), path.stat().st_size) for path in found}


def story(folder: str, pictures: int = 3, captions: int | None = None) -> Path:
    path = Path(folder)
    path.mkdir(parents=True)
    for number in range(1, pictures + 1):
        Image.new("RGB", (30, 20), (40 * number, 90, 120)).save(path / f"{number}.png")
    for number in range(1, (pictures if captions is None else captions) + 1):
        (path / f"{number}.txt").write_text(f"The fox found lamp {number}.")
    return path


@pytest.mark.parametrize(
    ("override", "said"),
    [
        ("train.stpes=3", "steps"),
        ("trian.steps=3", "train"),
        ("model.temporal.kind=grru", "gru"),
        ("model.image_encoder.kind=cnov", "conv"),
        ("losses.caption.use.kind=captoin", "caption"),
        ("train.steps=many", "train.steps"),
        ("train.batch_size=-3", "train.batch_size"),
        ("data.picture_size=60by125", "data.picture_size"),
        ("data.fit=squeeze", "stretch"),
        ("nonsense", "nonsense"),
    ],
)
def test_a_recipe_that_is_wrong(capsys, override, said):
    assert said in refused(capsys, "train", "tiny", override, "--run", "runs/a")


def test_all_mistakes_of_a_recipe_are_said_at_once(capsys):
    said = refused(capsys, "train", "tiny", "train.stpes=3", "data.fit=squeeze", "model.dim=wide", "--run", "a")
    assert all(word in said for word in ("train.stpes", "data.fit", "model.dim"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name: [", "recipe.yaml"),
        ("name: a\nname: b\n", "name"),
        ("extends: nowhere.yaml\n", "nowhere.yaml"),
        ("- a\n- b\n", "recipe.yaml"),
        ("", "recipe.yaml"),
    ],
)
def test_a_recipe_file_that_is_broken(capsys, text, said):
    Path("recipe.yaml").write_text(text)
    assert said in refused(capsys, "train", "recipe.yaml", "--run", "runs/a")


@pytest.mark.parametrize(
    "arguments",
    [
        ("train", "nowhere.yaml", "--run", "a"),
        ("train", "tniy", "--run", "a"),
        ("train", "tiny", "data.source=parquet:nowhere.parquet", "--run", "a"),
        ("train", "tiny", "data.source=wrold", "--run", "a"),
        ("evaluate", "nowhere"),
        ("evaluate", "--floors", "nowhere.yaml"),
        ("tell", "nowhere", "world", "--out", "told"),
        ("report", "nowhere"),
        ("inspect", "folder:nowhere"),
        ("inspect", "nowhere.jsonl"),
        ("inspect", "jsonl.jsonl"),
        ("inspect", "floder:here"),
    ],
)
def test_what_is_not_there(capsys, arguments):
    refused(capsys, *arguments)


@pytest.mark.parametrize(("key", "near"), [("--captions-key", "captions"), ("--frames-key", "frames")])
def test_a_column_that_is_not_there(capsys, storybooks, key, near):
    assert near in refused(capsys, "inspect", f"parquet:{storybooks / 'test.parquet'}", key, near[:-2] + "s")


def broken(path: Path) -> None:
    path.write_bytes(b"\x89PNG\r\n\x1a\n no picture at all")


def cut(path: Path) -> None:
    Image.effect_noise((300, 300), 90).save(path)
    path.write_bytes(path.read_bytes()[:5000])


def empty(path: Path) -> None:
    path.write_bytes(b"")


def bomb(path: Path) -> None:
    """A small file that says it holds 900 million pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0))
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(bytes(9000))) + chunk(b"IEND", b""))


@pytest.mark.parametrize("spoil", [broken, cut, empty, bomb])
@pytest.mark.parametrize("command", ["tell", "inspect"])
def test_a_picture_that_cannot_be_read(capsys, trained, spoil, command):
    spoil(story("mine") / "2.png")
    arguments = ("tell", trained, "mine", "--out", "told") if command == "tell" else ("inspect", "mine")
    assert "2.png" in refused(capsys, *arguments)


def animated(path: Path) -> None:
    frames = [Image.new("P", (20, 20), n) for n in range(3)]
    frames[0].save(path.with_suffix(".gif"), save_all=True, append_images=frames[1:])
    path.unlink()


def tiff(path: Path) -> None:
    Image.new("CMYK", (20, 20), (9, 200, 3, 40)).save(path.with_suffix(".tiff"))
    path.unlink()


ODD = {
    "1x1": lambda path: Image.new("RGB", (1, 1), "red").save(path),
    "grey": lambda path: Image.new("L", (20, 30), 90).save(path),
    "16 bits": lambda path: Image.new("I;16", (20, 30), 9000).save(path),
    "transparent": lambda path: Image.new("RGBA", (20, 30), (200, 3, 3, 90)).save(path),
    "palette": lambda path: Image.new("P", (20, 30), 7).save(path),
    "long": lambda path: Image.new("RGB", (4000, 2), "blue").save(path),
    "animated": animated,
    "CMYK": tiff,
}


@pytest.mark.parametrize("kind", ODD)
def test_an_odd_picture_is_continued_from(capsys, trained, kind):
    ODD[kind](story("mine") / "2.png")
    assert main(["tell", str(trained), "mine", "--out", "told"]) == 0, capsys.readouterr().err
    assert Path("told/storyboard.png").exists()
    assert "Traceback" not in capsys.readouterr().err


CAPTIONS = {
    "empty": b"",
    "blank": b" \n\t\n",
    "long": b"word " * 100_000,
    "one long word": b"w" * 200_000,
    "emoji": "The 🦊 found 👩‍👩‍👧 a \U0001fa94.".encode(),
    "control": b"The\x00 fox \x07found\x1b[31m a lamp.\r\n",
    "right to left": "שלום مرحبا".encode(),
    "byte order mark": "\ufeffThe fox.".encode(),
}


@pytest.mark.parametrize("kind", CAPTIONS)
def test_an_odd_caption_is_continued_from(capsys, trained, kind):
    (story("mine") / "2.txt").write_bytes(CAPTIONS[kind])
    code = main(["tell", str(trained), "mine", "--out", "told"])
    assert code == 0, capsys.readouterr().err
    assert {"storyboard.png", "004.png", "004.txt", "story.json"} <= {path.name for path in Path("told").iterdir()}


def test_captions_that_are_missing_are_counted_and_continued_from(capsys, trained):
    story("mine", captions=1)
    assert main(["tell", str(trained), "mine", "--out", "told"]) == 0
    assert main(["inspect", "mine", "--json"]) == 0


def test_a_caption_that_is_no_text(capsys, trained):
    (story("mine") / "2.txt").write_bytes(b"\xff\xfe\x00caf\xe9")
    assert "2.txt" in refused(capsys, "tell", trained, "mine", "--out", "told")


@pytest.mark.parametrize("captions", [["one"], ["one", "two", "three"], "one and two", 7])
def test_frames_and_captions_of_unequal_number(capsys, captions):
    for number in (1, 2):
        Image.new("RGB", (20, 20)).save(f"{number}.png")
    row = {"story_id": "lamp", "frames": ["1.png", "2.png"], "captions": captions}
    Path("mine.jsonl").write_text(json.dumps(row) + "\n")
    assert "lamp" in refused(capsys, "inspect", "mine.jsonl")


@pytest.mark.parametrize(
    ("line", "said"), [("{", "mine.jsonl"), ("[1, 2]", "mine.jsonl"), ('{"title": "a"}', "frames"), ("", "mine.jsonl")]
)
def test_a_line_that_is_no_story(capsys, line, said):
    Path("mine.jsonl").write_text(line + "\n")
    assert said in refused(capsys, "inspect", "mine.jsonl")


def test_stories_that_are_too_short(capsys):
    for split in ("train", "validation", "test"):
        story(f"data/{split}/{split}-tale", pictures=2)
    said = refused(capsys, "train", "tiny", "data.source=folder:data", *SMALL, "--run", "runs/a")
    assert "frames" in said


def test_a_hub_that_cannot_be_reached_is_said_before_anything_slow_is_imported():
    """What a command does beside its question to the hub, whose patience is 3 seconds, takes a second or so."""
    script = """
import sys, time
from fabula.cli import main
nothing = "hub:fabula-nobody/nothing-at-all"
codes = [main(["inspect", nothing]), main(["tell", "run", nothing, "--out", "told"]),
    main(["train", "tiny", f"data.source={nothing}", "--run", "run"]), main(["evaluate", "run", "--data", nothing]),
    main(["evaluate", "--floors", "tiny", f"data.source={nothing}"])]
print(codes, time.process_time() < 4, {"torch", "pyarrow", "datasets", "matplotlib"} & {*sys.modules})
"""
    online = {name: value for name, value in os.environ.items() if name != "HF_HUB_OFFLINE"}
    command = [sys.executable, "-c", script]
    online["HF_ENDPOINT"] = "http://127.0.0.1:1"
    done = subprocess.run(command, env=online, capture_output=True, text=True, check=False)
    assert done.stdout == "[2, 2, 2, 2, 2] True set()\n", done.stderr
    lines = done.stderr.strip().split("\n")
    assert len(lines) == 5
    assert all(line.startswith("fabula: hub:fabula-nobody/nothing-at-all: the hub") for line in lines)
    assert listing(Path()) == set()


@pytest.mark.parametrize("share", [0.0, 0.001, 0.5, 0.999])
def test_weights_that_are_cut(capsys, trained, share):
    for path in trained.iterdir():
        Path("cut").mkdir(exist_ok=True)
        (Path("cut") / path.name).write_bytes(path.read_bytes())
    weights = Path("cut/model.safetensors")
    weights.write_bytes(weights.read_bytes()[: int(share * weights.stat().st_size)])
    story("mine")
    assert "model.safetensors" in refused(capsys, "tell", "cut", "mine", "--out", "told")


@pytest.mark.parametrize("device", ["gpu", "mps" if sys.platform == "linux" else "cuda"])
def test_a_device_that_is_not_there(capsys, trained, device):
    assert "--device" in refused(capsys, "evaluate", trained, "--device", device, "--out", "scored")


def test_a_size_that_the_world_cannot_paint_leaves_no_folder_behind(capsys):
    assert "5x5" in refused(capsys, "world", "deep/within", "--stories", "1", "--size", "5x5")
    assert not Path("deep").exists()


def test_columns_of_the_train_data_are_not_looked_for_in_another_story(capsys, trained):
    held = bundle.load(trained)
    named = replace(held.recipe, data=replace(held.recipe.data, captions_key="text", frames_key="pixels"))
    bundle.save(Path("named"), held.model, held.tokenizer, named)
    row = {"frames": [f"mine/{n}.png" for n in (1, 2, 3)], "captions": ["a", "b", "c"]}
    story("mine")
    Path("mine.jsonl").write_text(json.dumps(row) + "\n")
    assert main(["tell", "named", "mine.jsonl", "--out", "told"]) == 0, capsys.readouterr().err


def test_another_story_may_name_its_own_columns(capsys, trained):
    row = {"pixels": [f"mine/{n}.png" for n in (1, 2, 3)], "text": ["a", "b", "c"]}
    story("mine")
    Path("mine.jsonl").write_text(json.dumps(row) + "\n")
    given = ("tell", str(trained), "mine.jsonl", "--out", "told")
    assert "captions" in refused(capsys, *given, "--frames-key", "pixels")
    assert main([*given, "--frames-key", "pixels", "--captions-key", "text"]) == 0, capsys.readouterr().err
    assert "--data" in refused(capsys, "evaluate", trained, "--captions-key", "text", "--out", "scored")


def test_a_bundle_that_lacks_a_file(capsys, trained):
    Path("part").mkdir()
    Path("part/recipe.yaml").write_bytes((trained / "recipe.yaml").read_bytes())
    refused(capsys, "tell", "part", "world", "--out", "told")


def test_a_run_folder_that_holds_another_run(capsys):
    Path("runs/a").mkdir(parents=True)
    Path("runs/a/recipe.yaml").write_text("name: another\n")
    Path("runs/a/log.jsonl").write_text("{}\n")
    assert "runs/a" in refused(capsys, "train", "tiny", *SMALL, "--run", "runs/a")


@pytest.mark.parametrize("command", ["tell", "report", "world", "train"])
def test_an_output_folder_that_cannot_be_written(capsys, trained, command):
    story("mine")
    Path("scored").mkdir()
    Path("scored/recipe.yaml").write_text("name: a\n")
    where = "/proc/fabula" if Path("/proc").is_dir() else "/nowhere\0"
    commands = {
        "tell": ("tell", trained, "mine", "--out", where),
        "report": ("report", "scored", "--out", f"{where}/page.html"),
        "world": ("world", where, "--stories", "1"),
        "train": ("train", "tiny", *SMALL, "--run", where),
    }
    assert where in refused(capsys, *commands[command])


def test_a_disk_that_is_full(trained):
    """The largest file that this process may write is smaller than a storyboard."""
    story("mine")

    def little_room() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (900, 900))

    command = [sys.executable, "-m", "fabula", "tell", str(trained), "mine", "--out", "told"]
    done = subprocess.run(command, capture_output=True, text=True, preexec_fn=little_room, check=False)
    assert done.returncode == 2, done.stderr
    assert done.stderr.startswith("fabula: cannot write told")
    assert done.stderr.count("\n") == 1
    assert [path.name for path in Path().iterdir()] == ["mine"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--story", "nobody"), "nobody"),
        (("--split", "trian"), "split"),
        (("--steps", "0"), "--steps"),
        (("--out", "mine"), "mine"),
    ],
)
def test_a_telling_that_is_wrong(capsys, trained, arguments, said):
    story("mine")
    out = () if "--out" in arguments else ("--out", "told")
    assert said in refused(capsys, "tell", trained, "mine", *out, *arguments)


def test_a_folder_without_a_story(capsys, trained):
    Path("mine").mkdir()
    Path("mine/notes.md").write_text("nothing")
    assert "mine" in refused(capsys, "tell", trained, "mine", "--out", "told")
