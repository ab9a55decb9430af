"""Who can be in a story: kinds of characters, names, clothes. Colours are 24-bit RGB triples."""

from __future__ import annotations

from dataclasses import dataclass

Colour = tuple[int, int, int]


@dataclass(frozen=True)
class Kind:
    """A kind of character: how it is called, how tall it stands (100 is a child), and what colours it has."""

    noun: str
    height: int
    width: int  # of the body, in hundredths of the usual one
    skin: Colour  # fur, feathers or skin
    light: Colour  # belly and muzzle
    dark: Colour  # ears, hair, spines
    builds: tuple[str, ...]
    sex: str = ""  # she or he where the noun says so

    @property
    def human(self) -> bool:
        return self.sex != ""


KINDS = {
    kind.noun: kind
    for kind in (
        Kind("fox", 98, 96, (222, 121, 58), (250, 236, 214), (92, 52, 40), ("little", "slender", "clever")),
        Kind("rabbit", 90, 92, (205, 190, 176), (250, 244, 236), (226, 160, 156), ("little", "quick", "gentle")),
        Kind("bear", 116, 128, (141, 97, 66), (214, 178, 138), (92, 61, 42), ("big", "round", "sturdy")),
        Kind("cat", 90, 90, (120, 124, 138), (232, 232, 232), (74, 76, 90), ("little", "slender", "sleek")),
        Kind("mouse", 78, 88, (178, 166, 166), (240, 228, 224), (226, 158, 160), ("tiny", "little", "quick")),
        Kind("frog", 80, 106, (116, 168, 84), (214, 228, 158), (70, 118, 60), ("little", "round", "cheerful")),
        Kind("duck", 82, 104, (246, 226, 150), (255, 246, 214), (236, 152, 58), ("little", "round", "cheerful")),
        Kind("hedgehog", 80, 112, (226, 190, 150), (246, 224, 194), (112, 84, 68), ("little", "round", "shy")),
        Kind("girl", 98, 94, (246, 205, 176), (250, 216, 190), (112, 62, 42), ("little", "lively", "brave"), "she"),
        Kind("boy", 98, 96, (196, 140, 104), (206, 152, 116), (58, 42, 40), ("little", "lively", "brave"), "he"),
        Kind(
            "grandmother", 106, 110, (238, 198, 172), (244, 208, 184), (222, 222, 226), ("old", "kind", "wise"), "she"
        ),
        Kind("grandfather", 112, 108, (224, 178, 146), (232, 190, 160), (236, 234, 230), ("old", "tall", "kind"), "he"),
    )
}

CLOTHES: dict[str, Colour] = {
    "red": (205, 68, 62),
    "orange": (233, 143, 66),
    "yellow": (240, 199, 84),
    "green": (98, 148, 96),
    "blue": (74, 122, 178),
    "purple": (132, 98, 160),
    "pink": (226, 138, 152),
    "white": (240, 234, 222),
}
GARMENTS = ("coat", "jumper", "dress", "dungarees")
EXTRAS = ("scarf", "hat", "collar", "satchel")

SHE = ("Mila", "Ada", "Nora", "Ivy", "Lotte", "Ruby", "Wren", "Tess", "Juno", "Olive", "Pia", "Clara")
HE = ("Otto", "Finn", "Bruno", "Hugo", "Emil", "Theo", "Max", "Oskar", "Jonas", "Pip", "Rufus", "Leo")


@dataclass(frozen=True)
class Character:
    """Someone in a story; who they are lasts the whole story."""

    id: str  # char1 is the hero
    kind: str
    name: str
    sex: str  # she or he
    build: str
    garment: str
    clothes: str  # the colour of the garment
    extra: str  # scarf, hat, collar or satchel
    trim: str  # its colour
