"""`chain_of_thought`: the tables of each image to entities and setting, and the table of the whole story to phases."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from fabula.markup.boxes import looks_like_box, read_box
from fabula.markup.ids import ID, find_ids, kind_of_id
from fabula.markup.repairs import Repairs, quoted
from fabula.markup.schema import CHARACTERS, ELEMENTS, OBJECTS, PHASES, SETTINGS
from fabula.markup.tables import Heading, Prose, Row, read_lines
from fabula.story import Entity, Phase, Size

ENTITY, SETTING, PHASE = "entity", "setting", "phase"
_SECTIONS: dict[str, tuple[str, ...]] = {  # how a heading begins, and the columns of the table under it
    "character": CHARACTERS,
    "object": OBJECTS,
    "landmark": OBJECTS,
    "background": OBJECTS,
    "setting": SETTINGS,
    "narrative": PHASES,
}
_IMAGE = re.compile(r"image\s*#?\s*0*([0-9]{1,6})(?![0-9])", re.IGNORECASE)
_EDGES = " *`_:;,-\u2013\u2014()[]"


@dataclass
class Tables:
    """What the tables of one image say."""

    entities: dict[str, Entity] = field(default_factory=dict)
    setting: dict[str, str] = field(default_factory=dict)
    details: dict[str, dict[str, str]] = field(default_factory=dict)


class Thoughts(NamedTuple):
    tables: list[Tables]
    phases: tuple[Phase, ...]


def read_thoughts(text: str, sizes: Sequence[Size | None], repairs: Repairs) -> Thoughts:
    """One `Tables` for each image, by the number in its heading; `sizes` are those of the pictures, where known."""
    reader = _Reader(sizes, repairs)
    for line in read_lines(text):
        if isinstance(line, Heading):
            reader.heading(line.text)
        elif isinstance(line, Row):
            reader.row(line)
        else:
            reader.prose(line)
    reader.told_in_settings()
    return Thoughts(reader.tables, tuple(reader.phases))


class _Reader:
    def __init__(self, sizes: Sequence[Size | None], repairs: Repairs):
        self.sizes, self.repairs = sizes, repairs
        self.tables = [Tables() for _ in sizes]
        self.phases: list[Phase] = []
        self.image: int | None = None  # None: before the first image, or after the last
        self.header: list[str] = []

    def heading(self, text: str) -> None:
        lower = text.lower().strip(_EDGES)
        self.header = next((_keys(header) for name, header in _SECTIONS.items() if lower.startswith(name)), [])
        if match := _IMAGE.match(lower):
            self.image = int(match[1])
            if not 1 <= self.image <= len(self.sizes):
                self.repairs.note("table dropped: no such image", quoted(text))
        elif lower.startswith("narrative"):
            self.image = None

    def prose(self, line: Prose) -> None:
        self.repairs.note("text dropped: outside any table", quoted(line.text))

    def row(self, row: Row) -> None:
        if row.ruled or _table_of([row.cells[0].lower().strip(_EDGES)]):
            self.header = _keys(row.cells)
        elif not _says(*row.cells):
            self.repairs.note("row dropped: nothing in it", self.where)
        elif not self.header:
            self.repairs.note("row dropped: no table", f"{self.where}: {quoted(' | '.join(row.cells))}")
        else:
            self.data_row(row.cells)

    @property
    def where(self) -> str:
        return f"image {self.image}" if self.image is not None else "no image"

    def data_row(self, cells: list[str]) -> None:
        kind = _table_of(self.header) or (ENTITY if find_ids(cells[0]) else None)
        key, values = self.named(cells)
        if kind == PHASE:
            self.phase_row(key, values)
        elif self.image is None:
            self.repairs.note("row dropped: outside any image", quoted(" | ".join(cells)))
        elif not 1 <= self.image <= len(self.tables):
            pass  # said at its heading
        elif kind == SETTING:
            self.setting_row(key, values, self.tables[self.image - 1])
        else:
            self.entity_row(key, values, self.tables[self.image - 1])

    def named(self, cells: list[str]) -> tuple[str, dict[str, str]]:
        """The first cell, and the others by the names of their columns; empty cells are left out."""
        key, *cells = self.fitted(cells)
        values: dict[str, str] = {}
        for name, cell in zip(self.header[1:], cells, strict=False):
            if cell and (name in values or not name):
                self.repairs.note("cell dropped: column twice", f"{self.where}: {quoted(cell)}")
            elif cell:
                values[name] = cell
        return key, values

    def fitted(self, cells: list[str]) -> list[str]:
        """As many cells as the header has.

        Of a row that is too long the last cells are dropped, unless a box in the last cell shows that a pipe within
        the description has shifted the cells: then the surplus is put back into the description.
        """
        surplus = len(cells) - len(self.header)
        if surplus == 0:
            return cells
        kind = "row longer than its header" if surplus > 0 else "row shorter than its header"
        self.repairs.note(kind, f"{self.where}: {quoted(' | '.join(cells))}")
        last = len(self.header) - 1
        shifted = surplus > 0 and _is_box(self.header[last]) and not looks_like_box(cells[last])
        if shifted and looks_like_box(cells[-1]) and "description" in self.header[1:]:
            place = self.header.index("description")
            joined = " | ".join(cells[place : place + surplus + 1])
            return [*cells[:place], " ".join(joined.split()), *cells[place + surplus + 1 :]]
        return cells[: len(self.header)]

    def phase_row(self, key: str, values: Mapping[str, str]) -> None:
        told = (key, *(values.get(column, "") for column in ("description", "key events", "images")))
        if _says(*told):
            self.phases.append(Phase(*told))
        else:
            self.repairs.note("row dropped: nothing in it", self.where)

    def setting_row(self, key: str, values: dict[str, str], tables: Tables) -> None:
        """A setting element; where an id stands in its name, an entity too."""
        description = values.pop("description", "")
        element, ids = _element(ID.sub("", key)), find_ids(key)
        for name in ids:
            entity = Entity(name, kind_of_id(name), description=description, details={} if element else values)
            self.put(tables, entity, said_twice=False)
        if element:
            self.put_setting(tables, element, description, values)
        elif not ids:
            self.repairs.note("row dropped: no id", f"{self.where}: {quoted(description)}")

    def told_in_settings(self) -> None:
        """The landmark or background at an edge of a setting's description, `bg1: a wood`, once all rows are read."""
        for tables in self.tables:
            for description in tables.setting.values():
                for name in _told_ids(description):
                    told = ID.sub("", description).strip(_EDGES)
                    self.put(tables, Entity(name, kind_of_id(name), description=told), said_twice=False)

    def put_setting(self, tables: Tables, element: str, description: str, values: dict[str, str]) -> None:
        if element in tables.setting:
            self.repairs.note("rows joined: one setting element twice", f"{self.where}: {element}")
        tables.setting[element] = _joined(tables.setting.get(element, ""), description)
        kept = tables.details.setdefault(element, {})
        for name, cell in values.items():
            name = "function" if name == "narrative function" else name
            kept[name] = _joined(kept.get(name, ""), cell)

    def entity_row(self, key: str, values: dict[str, str], tables: Tables) -> None:
        ids = find_ids(key)
        if not ids:
            self.repairs.note("row dropped: no id", f"{self.where}: {quoted(' | '.join([key, *values.values()]))}")
        if len(ids) > 1:
            self.repairs.note("row shared by several ids", f"{self.where}: {' '.join(ids)}")
        box, *more = [name for name in dict.fromkeys(self.header) if _is_box(name)] or [""]
        for name in filter(values.get, more):
            self.repairs.note("cell dropped: column twice", f"{self.where}: {quoted(values.pop(name))}")
        for name in ids:
            self.put(tables, self.entity(name, dict(values), box))

    def entity(self, name: str, values: dict[str, str], box: str) -> Entity:
        assert self.image
        kind = kind_of_id(name)
        corners = values.pop(box, "")
        read = None
        if corners or kind in ("character", "object"):
            read = read_box(corners, self.sizes[self.image - 1], f"{self.where}, {name}", self.repairs)
        known = values.pop("name", ""), values.pop("description", "")
        return Entity(name, kind, *known, box=read, details=values)

    def put(self, tables: Tables, entity: Entity, said_twice: bool = True) -> None:
        """Of two rows about one id the first counts, and the second fills what it leaves open."""
        first = tables.entities.get(entity.id, entity)
        if first is not entity and said_twice:
            self.repairs.note("rows joined: one id twice", f"{self.where}: {entity.id}")
        tables.entities[entity.id] = replace(
            first,
            name=first.name or entity.name,
            description=first.description or entity.description,
            box=first.box or entity.box,
            details={**entity.details, **first.details},
        )


def _keys(header: Sequence[str]) -> list[str]:
    return [" ".join(cell.lower().replace("_", " ").strip(" *`").split()) for cell in header]


def _table_of(header: Sequence[str]) -> str | None:
    """Which table a header begins; None where its first cell is none that we know."""
    first = header[0]
    if first in ("setting element", "element", "setting"):
        return SETTING
    if first in ("narrative phase", "phase"):
        return PHASE
    return ENTITY if first == "id" or first.endswith(" id") else None


def _is_box(name: str) -> bool:
    return "box" in name


def _told_ids(description: str) -> tuple[str, ...]:
    """The one landmark or background that the description of a setting element is about."""
    ids = find_ids(description)
    edge = ids and ID.sub("", description).strip(_EDGES) in description and len(ids) == 1
    return ids if edge and ids[0].startswith(("lm", "bg")) else ()


def _element(key: str) -> str:
    name = " ".join(key.strip(_EDGES).split())
    return next((element for element in ELEMENTS if element.lower() == name.lower()), name)


def _joined(first: str, second: str) -> str:
    return first if not second or second == first else f"{first}; {second}" if first else second


def _says(*cells: str) -> bool:
    """Whether there is anything but dashes in a row."""
    return any(cell.strip(" -\u2013\u2014") for cell in cells)
