"""Templates of the pages: whatever data say is escaped, and a name that is not given is an error."""

from __future__ import annotations

from importlib import resources
from importlib.resources.abc import Traversable

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup


def page_template(room: str) -> Template:
    """`page.html.j2` of a room such as `fabula.report`; it may use what pages share, `shell.html.j2` and
    `frame.html.j2` beside this file."""
    environment = Environment(
        loader=ChoiceLoader([PackageLoader(room, "."), PackageLoader("fabula.drawing", ".")]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("page.html.j2")


def page_style(*rooms: str) -> Markup:
    """`page.css` of these rooms, one after the other, each with what else of style its room has, by name."""
    return Markup("\n".join(sheet.read_text("utf-8") for room in rooms for sheet in _sheets(room)))


def _sheets(room: str) -> list[Traversable]:
    found = [sheet for sheet in resources.files(room).iterdir() if sheet.name.endswith(".css")]
    return sorted(found, key=lambda sheet: (sheet.name != "page.css", sheet.name))
