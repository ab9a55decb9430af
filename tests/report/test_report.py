"""The page says what the files say, holds all it shows, and survives what is missing or broken."""

import json
import re
import shutil
from html.parser import HTMLParser

import pytest
from finished_run import edit_scores, make_run, tellers

from fabula import report
from fabula.errors import FabulaError
from fabula.report.chapter import chapter
from fabula.report.curves import MOST_POINTS, curves
from fabula.report.facts import splits
from fabula.report.figures import ABSENT, column_decimals, plain, seconds, shown
from fabula.report.ranges import ranges
from fabula.report.reading import read_run
from fabula.report.tables import beats, best_floor, readable, score_tables

VOID = {"meta", "link", "img", "br"}


class Page(HTMLParser):
    """Checks that every tag is closed in order; collects ids, links, headings, pictures and visible text."""

    def __init__(self, text: str):
        super().__init__()
        self.open, self.ids, self.anchors, self.headings, self.images, self.scopes = [], [], [], [], [], []
        self.sources, self.text = [], ""
        self.feed(text)
        assert not self.open

    def handle_starttag(self, tag, attrs):
        held = dict(attrs)
        self.ids += [held["id"]] if "id" in held else []
        self.anchors += [held["href"]] if tag == "a" else []
        self.sources += [held[name] for name in ("src", "href") if name in held and tag != "a"]
        self.headings += [int(tag[1])] if re.fullmatch("h[1-6]", tag) else []
        self.images += [held] if tag == "img" else []
        self.scopes += [held.get("scope")] if tag == "th" else []
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        """A tag that closes itself, as SVG's do."""

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] not in ("style", "title"):
            self.text += data


@pytest.fixture(scope="module")
def run_folder(tmp_path_factory):
    return make_run(tmp_path_factory.mktemp("runs") / "demo")


@pytest.fixture(scope="module")
def html(run_folder, tmp_path_factory):
    return report.write([run_folder], tmp_path_factory.mktemp("page") / "report.html").read_text("utf-8")


@pytest.fixture(scope="module")
def page(html):
    return Page(html)


def test_the_page_holds_all_that_it_shows(page, html):
    assert page.sources
    assert all(source.startswith("data:") for source in page.sources)
    assert "@import" not in html
    assert not re.search(r"url\((?!data:)|<script|https?://", html)


def test_the_page_is_whole_for_who_cannot_see_it(page):
    assert len(page.ids) == len(set(page.ids))
    assert all(anchor[1:] in page.ids for anchor in page.anchors)
    assert page.headings[0] == 1
    assert all(later <= former + 1 for former, later in zip(page.headings, page.headings[1:], strict=False))
    assert page.images
    assert all(image["alt"] and image["width"] and image["height"] for image in page.images)
    assert set(page.scopes) == {"row", "col"}


def test_the_verdict_comes_before_every_table(html):
    assert 0 < html.index("no sign of collapse") < html.index("<table")


def test_every_caption_of_the_kept_windows_is_shown(page):
    for window in (2, 7, 9):
        assert f"A told caption of window {window}." in page.text


def test_regimes_never_share_a_table():
    for table in score_tables(tellers()):
        regimes = {
            entry["regime"]
            for teller in tellers().values()
            for name, entry in teller["metrics"].items()
            if name in {column.name for column in table.columns}
        }
        assert len(regimes) == 1


def test_the_best_floor_is_neither_model_nor_oracle():
    assert best_floor(tellers(), "picture.mae") == "mean_of_inputs"
    assert best_floor(tellers(), "caption.bleu") == "copy_last"
    assert best_floor(tellers(), "picture.distinct") is None
    assert beats(tellers(), "model", "picture.mae") is True
    assert beats(tellers(), "model", "picture.ssim") is False
    assert beats(tellers(), "model", "picture.distinct") is None


@pytest.mark.parametrize("name", ["picture.mae", "picture.ssim", "caption.perplexity_word", "caption.bleu"])
def test_further_right_is_better(name):
    (drawn,) = ranges(tellers(), [name])
    places = dict(re.findall(r'(?:x1|cx)="([\d.]+)%"[^<]*<title>([^<]+)', str(drawn.svg)))
    held = {title: float(place) for place, title in places.items()}
    scores = {n: t["metrics"][name]["value"] for n, t in tellers().items() if name in t["metrics"]}
    better = sorted(scores, key=lambda n: scores[n], reverse=name in ("picture.mae", "caption.perplexity_word"))
    told = {"model": "the model"}
    assert sorted(held, key=lambda t: held[t]) == [told.get(n, n.replace("_", " ")) for n in better]


def test_a_model_that_no_floor_surpasses_is_told_from_one_that_is(html):
    rows = re.findall(r'<tr class="model">.*?</tr>', html, re.DOTALL)
    assert sum(row.count("better than the best floor") for row in rows) == 7
    assert all('class="best"' not in row for row in rows)
    assert re.search(r'<tr class="oracle">.*?peeks at the target', html, re.DOTALL)


def test_unknown_measures_are_shown_under_their_own_name(run_folder):
    held = tellers()
    held["model"]["metrics"]["world.who"] = {"value": 0.71, "n": 5, "regime": "free-running"}
    (table,) = [table for table in score_tables(held) if table.title.startswith("World")]
    assert [column.label for column in table.columns] == ["Who"]
    assert table.rows[0].cells[0].text == "0.7100"


def test_text_of_a_story_is_text_and_never_markup(run_folder, tmp_path):
    folder = shutil.copytree(run_folder, tmp_path / "run")
    path = folder / "evaluation" / "boards.json"
    path.write_text(path.read_text("utf-8").replace("A told caption", "<script>alert(1)</script>&amp;"), "utf-8")
    text = report.write([folder], tmp_path / "page.html").read_text("utf-8")
    assert "<script" not in text
    assert "&lt;script&gt;" in text


def test_pictures_are_read_from_the_evaluation_alone(run_folder, tmp_path):
    folder = shutil.copytree(run_folder, tmp_path / "run")
    path = folder / "evaluation" / "boards.json"
    boards = json.loads(path.read_text("utf-8"))
    boards[0]["true"]["picture"] = "../../../../etc/passwd"
    path.write_text(json.dumps(boards), "utf-8")
    report.write([folder], tmp_path / "page.html")


@pytest.mark.parametrize("missing", ["evaluation", "log.jsonl", "environment.json", "told", "recipe.yaml"])
def test_what_is_missing_is_left_out(run_folder, tmp_path, missing):
    folder = shutil.copytree(run_folder, tmp_path / "run")
    path = folder / missing
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    page = Page(report.write([folder], tmp_path / "page.html").read_text("utf-8"))
    assert all(anchor[1:] in page.ids for anchor in page.anchors)


def test_an_evaluation_by_itself_and_several_runs_have_a_page(run_folder, tmp_path):
    other = make_run(tmp_path / "other")
    page = Page(report.write([run_folder, other, other / "evaluation"], tmp_path / "page.html").read_text("utf-8"))
    assert page.headings.count(1) == 3
    assert len(page.ids) == len(set(page.ids))


def test_a_model_without_pictures_or_without_captions_has_a_page(tmp_path):
    for subject in ("picture", "caption"):
        folder = make_run(tmp_path / subject)

        def keep(scores, subject=subject):
            del scores["truth"]
            for teller in scores["tellers"].values():
                teller["metrics"] = {n: m for n, m in teller["metrics"].items() if n.startswith(subject)}

        edit_scores(folder, keep)
        tables = chapter(read_run(folder)).tables
        assert tables
        assert all(table.id.startswith(subject) for table in tables)


@pytest.mark.parametrize(
    ("file", "content", "said"),
    [
        ("evaluation/scores.json", "{", r"scores\.json:1: not JSON"),
        ("evaluation/scores.json", "[]", "expected a JSON object"),
        ("evaluation/scores.json", '{"tellers": {"model": 3}}', "fabula evaluate"),
        ("log.jsonl", '{"step": 1}\n{', r"log\.jsonl:2"),
        ("evaluation/boards/7-true.png", "no picture", r"7-true\.png"),
    ],
)
def test_what_is_broken_is_said_in_one_line(run_folder, tmp_path, file, content, said):
    folder = shutil.copytree(run_folder, tmp_path / "run")
    (folder / file).write_text(content)
    with pytest.raises(FabulaError, match=said):
        report.write([folder], tmp_path / "page.html")
    assert not (tmp_path / "page.html").exists()


def test_a_folder_that_is_no_run_is_said(tmp_path):
    with pytest.raises(FabulaError, match="no run to report on"):
        report.write([tmp_path], tmp_path / "page.html")


def test_equal_files_give_equal_pages(run_folder, tmp_path):
    pages = [report.write([run_folder], tmp_path / name).read_bytes() for name in ("a.html", "b.html")]
    assert pages[0] == pages[1]


def test_long_logs_are_thinned_and_what_is_no_number_is_left_out():
    log = [{"event": "train", "step": step, "losses": {"loss": step % 7}} for step in range(1, 10_001)]
    log += [{"event": "train", "step": 5, "losses": {"loss": float("nan")}}, {"event": "note", "step": 1, "loss": 2}]
    (curve,) = curves(log, {})
    assert len(curve.lines["train"]) <= MOST_POINTS
    assert "nan" not in str(curve.svg)


def test_a_floor_is_drawn_where_the_log_has_its_measure():
    log = [{"event": "validation", "step": s, "measures": {"perplexity": 9.0 + s}} for s in (1, 2)]
    drawn = curves(log, {"perplexity": ("best floor", 5.0)})[0].svg
    assert 'class="floor"' in drawn
    assert 'y1="1000.0"' in drawn
    assert 'class="floor"' not in curves(log, {})[0].svg


def test_figures_read_as_people_write_them():
    assert shown(-1234.5, 1) == "\N{MINUS SIGN}1,234.5"
    assert shown(None, 2) == shown(float("inf"), 2) == ABSENT
    assert [column_decimals(v) for v in ([0.13, 0.0001], [2561.4, 12.3], [3.0, 500.0], [])] == [4, 2, 0, 0]
    assert [seconds(value) for value in (4.2, 45, 200, 7500)] == ["4.2 s", "45 s", "3 min 20 s", "2 h 5 min"]
    assert [plain(value) for value in (True, 0.0077221, 12345, [1, "a"], None)] == [
        "yes",
        "0.007722",
        "12,345",
        "1, a",
        ABSENT,
    ]


def test_facts_of_splits_stand_side_by_side(page):
    found = splits({"source": "a", "train": {"stories": 5, "licences": "MIT"}, "test": {"stories": 7000}})
    assert found is not None
    assert found.names == ("train", "test")
    assert found.rows == (("stories", ("5", "7,000")), ("licences", ("MIT", ABSENT)))
    assert splits({"source": "a"}) is None
    assert "CC0-1.0 (100)" in page.text


def test_a_verdict_is_told_in_the_names_of_the_page():
    said = "model beats ngram_with_cache on caption.perplexity_word, picture.psnr; a model.dim of 3 stays."
    expected = "The model beats ngram with cache on perplexity per word, PSNR; a model.dim of 3 stays."
    assert readable(said, tellers()) == expected
