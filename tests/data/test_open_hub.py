"""The hub as a source, without the hub: an answer within five seconds, and cached copies used offline."""

import contextlib
import http.server
import io
import json
import socket
import threading
import time

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from huggingface_hub import constants
from PIL import Image

from fabula.data import hub
from fabula.data.hub import silence_of
from fabula.data.open import open_source
from fabula.errors import FabulaError

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture
def online(monkeypatch):
    """Sets the address of the hub, as if nobody had switched it off."""
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)

    def at(endpoint):
        monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
        monkeypatch.setattr(constants, "ENDPOINT", endpoint)
        template = endpoint + "/{repo_id}/resolve/{revision}/{filename}"
        monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", template)

    return at


@pytest.fixture
def impatient(monkeypatch):
    """A silent hub is given half a second, and half a second more."""
    monkeypatch.setattr(hub, "PATIENCE", 0.5)


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """A cache of its own, and a function that puts a data set into it as the hub's library would."""
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path))

    def put(name="me/tales", splits=("train", "test"), revision="main"):
        folder = tmp_path / f"datasets--{name.replace('/', '--')}"
        data = folder / "snapshots" / COMMIT / "data"
        data.mkdir(parents=True)
        for split in splits:
            rows = [{"story_id": f"{split}1", "images": [png()], "story": "<gdi image1>Hello.</gdi>"}]
            pq.write_table(pa.Table.from_pylist(rows), data / f"{split}-00000-of-00001.parquet")
        reference = folder / "refs" / revision
        reference.parent.mkdir(parents=True)
        reference.write_text(COMMIT)
        return data

    return put


def png():
    buffer = io.BytesIO()
    Image.new("RGB", (4, 4)).save(buffer, "PNG")
    return buffer.getvalue()


def closed_port():
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        return server.getsockname()[1]


def refused(name):
    began = time.perf_counter()
    with pytest.raises(FabulaError) as error:
        open_source(name)
    assert time.perf_counter() - began < 5
    assert "\n" not in str(error.value)
    return str(error.value)


def test_the_patience_with_a_hub_leaves_time_for_the_rest_of_a_command():
    assert hub.PATIENCE + 0.5 <= 3


def test_a_closed_port_is_told_within_five_seconds(online, cache):
    online(f"http://127.0.0.1:{closed_port()}")
    told = refused("hub:me/tales")
    assert told.startswith("hub:me/tales: the hub http://127.0.0.1:")
    assert "cannot be reached" in told
    assert "no copy is cached" in told


def test_a_server_that_accepts_and_never_answers_is_told_within_five_seconds(online, cache, impatient):
    with socket.create_server(("127.0.0.1", 0)) as server:
        online(f"http://127.0.0.1:{server.getsockname()[1]}")
        assert "timed out" in refused("hub:me/tales")


def test_a_server_that_dribbles_is_told_within_five_seconds(online, cache, impatient):
    with socket.create_server(("127.0.0.1", 0)) as server:
        stop = threading.Event()

        def dribble():
            connection, _ = server.accept()
            with connection:
                connection.sendall(b"HTTP/1.1 200 OK\r\n")
                with contextlib.suppress(OSError):  # whoever asked has left
                    while not stop.wait(0.05):
                        connection.sendall(b"X")

        thread = threading.Thread(target=dribble, daemon=True)
        thread.start()
        online(f"http://127.0.0.1:{server.getsockname()[1]}")
        told = refused("hub:me/tales")
        assert "does not answer" in told or "timed out" in told  # the second on a machine that stalls
        stop.set()
        thread.join()


def test_what_is_no_address_is_told(online, cache):
    online("nonsense")
    assert "cannot be reached" in refused("hub:me/tales")


def test_offline_without_a_copy_is_told_at_once(monkeypatch, cache):
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    assert refused("hub:me/tales@v1").startswith("hub:me/tales@v1: HF_HUB_OFFLINE is set, and no copy is cached")


@pytest.mark.parametrize("revision", ["main", "refs/convert/parquet"])
def test_a_cached_copy_is_used_when_the_hub_is_silent(online, cache, revision):
    cache(revision=revision)
    online(f"http://127.0.0.1:{closed_port()}")
    source = open_source("hub:me/tales")
    assert source.splits == ("train", "test")
    (story,) = source.stories("test")
    assert (story.id, story.source, story.frames[0].caption) == ("test1", "me/tales", "Hello.")
    assert "the cached copy 0123456789ab is used" in source.notes[-1]
    assert len(source.digest("test")) == 64


def test_a_copy_of_another_revision_is_not_used(monkeypatch, cache):
    cache()
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    assert open_source(f"hub:me/tales@{COMMIT}").ids("train") == ["train1"]
    assert "no copy is cached" in refused("hub:me/tales@other")


def test_half_a_cached_copy_is_told(monkeypatch, cache):
    data = cache(splits=("train",))
    (data / "train-00000-of-00001.parquet").rename(data / "train-00000-of-00003.parquet")
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    assert "1 of the 3 files train-*-of-00003 are there" in refused("hub:me/tales")


class NoSuchDataSet(http.server.BaseHTTPRequestHandler):
    """A hub that answers everything with: not found."""

    def answer(self):
        body = json.dumps({"error": "Repository not found"}).encode()
        self.send_response(404)
        self.send_header("X-Error-Code", "RepoNotFound")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body if self.command == "GET" else b"")

    do_GET = do_HEAD = answer  # noqa: N815

    def log_message(self, *_):
        pass


def test_a_data_set_that_the_hub_does_not_know_is_told(online, cache):
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), NoSuchDataSet) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        endpoint = f"http://127.0.0.1:{server.server_address[1]}"
        online(endpoint)
        assert silence_of(endpoint) is None
        assert "no such data set on the hub" in refused("hub:me/tales")
        server.shutdown()


class Hub(http.server.BaseHTTPRequestHandler):
    """A hub with one data set of one file, as far as its library asks."""

    file = b""

    def answer(self):
        if "/resolve/" in self.path:
            return self.say(self.file, {"ETag": '"0123"', "X-Repo-Commit": COMMIT})
        files = [{"rfilename": "README.md"}, {"rfilename": "data/train-00000-of-00001.parquet"}]
        body = {"id": "me/tales", "sha": COMMIT, "siblings": files}
        tree = [{"type": "file", "path": each["rfilename"], "size": len(self.file), "oid": "0123"} for each in files]
        return self.say(json.dumps(tree if "/tree/" in self.path else body).encode(), {})

    def say(self, body, headers):
        self.send_response(200)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body if self.command == "GET" else b"")

    do_GET = do_HEAD = answer  # noqa: N815

    def log_message(self, *_):
        pass


def test_a_data_set_is_loaded_once_and_then_used_without_the_hub(online, cache, monkeypatch):
    rows = [{"story_id": "7", "images": [png()], "story": "<gdi image1>Hello.</gdi>"}]
    held = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows), held)
    monkeypatch.setattr(Hub, "file", held.getvalue())
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hub) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        online(f"http://127.0.0.1:{server.server_address[1]}")
        assert open_source("hub:me/tales").notes == ()
        server.shutdown()
    online(f"http://127.0.0.1:{closed_port()}")
    source = open_source("hub:me/tales")
    assert [story.frames[0].caption for story in source.stories("train")] == ["Hello."]
    assert "cached copy" in source.notes[0]


def test_the_licence_of_story_reasoning_is_known(monkeypatch, cache):
    cache("daniel3303/StoryReasoning")
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    (story,) = open_source("hub:daniel3303/StoryReasoning").stories("train")
    assert (story.licence, story.source) == ("CC BY-ND 4.0", "daniel3303/StoryReasoning")
