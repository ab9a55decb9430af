"""The maps of attention of a run have a section of their own, and are not taken for storyboards."""

from finished_run import make_run, picture

from fabula import report
from fabula.report.chapter import chapter
from fabula.report.reading import read_run


def test_maps_have_a_section_of_their_own(tmp_path):
    run = make_run(tmp_path / "run")
    (run / "samples").mkdir()
    for step in (20, 40):
        picture(1).save(run / "samples" / f"epoch-001.00-step-{step:06d}.png")
    assert "attention" not in dict(chapter(read_run(run)).sections)
    picture(2, (200, 90)).save(run / "samples" / "epoch-001.00-step-000040-maps.png")
    read = read_run(run)
    assert [path.name for path in read.samples] == [f"epoch-001.00-step-{step:06d}.png" for step in (20, 40)]
    assert [path.name for path in read.maps] == ["epoch-001.00-step-000040-maps.png"]
    held = chapter(read)
    assert (held.sample.width, held.maps.width) == (125, 200)
    page = report.write([run], tmp_path / "page.html").read_text("utf-8")
    assert page.count("What it attends to") == 2
    assert page.index(held.sample.source) < page.index(held.maps.source)
