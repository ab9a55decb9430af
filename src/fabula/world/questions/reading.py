"""What a told caption says, read by the grammar's own phrases and words, so that any writer's text can be asked.

An event is told by one of its phrases, slots open; where none stands as it is, by the phrase most of whose own words
stand in order in one sentence. Pronouns are not resolved: who takes part is read from names alone, which every caption
of the grammar gives. A caption that says two different things answers with neither.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from fabula.world.places import PLACES
from fabula.world.questions.asking import CAPTION_QUESTIONS, Answers, answer
from fabula.world.questions.patterns import NAME, THING, Pattern, patterns
from fabula.world.scene import Scene

KEPT = 0.75  # of a phrase's own words, where it does not stand as it is
SENTENCE = re.compile(r"(?<=[.!?])[\"']?\s+")
OPENING = re.compile(r"^\W*(?:one|once, on an?) [\w ]*?(?:day|morning|evening|night)\b", re.IGNORECASE)
NAMED = re.compile(rf"\b({NAME})\b")
THINGS = re.compile(rf"\b(?:an?|the|her|his) (?:\w+ )?({THING})\b", re.IGNORECASE)
SOMEWHERE = {place.name: place.name for place in PLACES.values()} | {f"the {p.mark}": p.name for p in PLACES.values()}
WHERE = re.compile(rf"\b({'|'.join(sorted(SOMEWHERE, key=len, reverse=True))})\b", re.IGNORECASE)
LIGHT = {
    "day": ("day", "daylight", "midday", "morning", "shone", "blue"),
    "dusk": ("evening", "dusk"),
    "night": ("night",),
}
WEATHER = {
    "clear": (
        *("clear", "blue", "sun", "sunny", "stars", "starry", "moon", "moonlit"),
        *("shadows", "golden", "glowed", "fine"),
    ),
    "rain": ("rain", "rainy", "wet", "puddles"),
    "snow": ("snow", "snowy", "snowflakes", "flakes", "winter"),
}
IN_HAND = (
    "begin held",
    "begin two",
    "take",
    "take away",
    "give",
    "find",
    "open",
    "light",
    "put out",
    "eat",
    "break",
    "mend",
)
OUT_OF_HAND = ("begin ground", "drop", "hide", "search", "plant", "sprout")
SKY = {"rain": "weather", "snow": "weather", "clear": "weather", "dusk": "light", "night": "light"}


@dataclass(frozen=True)
class Event:
    """What a caption tells: which way, who takes part, with what."""

    pattern: Pattern
    names: tuple[str, ...]
    thing: str


def read_caption(caption: str) -> Answers:
    """The caption's answer to each question that can be asked of captions; "" where it says nothing, or two things.

    light and weather are read from how a story opens, from an event of the sky, and from sentences that tell both;
    holding from an event that puts a thing into a hand or out of it. Cost: .1 to 1 ms, once for each of the last
    4,096 captions.
    """
    return {question: _only(every) for question, every in heard(caption).items()}


@lru_cache(maxsize=4096)
def heard(caption: str) -> Mapping[str, frozenset[str]]:
    """Every answer that the caption gives to each question: none where it says nothing, several where they differ.

    No answer to `doing` means that the caption is like no phrase of the grammar, or as like to phrases of two events.
    """
    event = exact_event(caption) or near_event(caption)
    names = event.names if event and event.names else _names(caption, event)
    light, weather = _sky(caption, event.pattern.kind if event else "")
    every = {
        "who": [" and ".join(sorted(set(names)))],
        "where": [SOMEWHERE[spot.lower()] for spot in WHERE.findall(caption)],
        "doing": [event.pattern.kind] if event else [],
        "holding": [_holding(event)] if event else [],
        "light": light,
        "weather": weather,
    }
    return {question: frozenset(filter(None, answers)) for question, answers in every.items()}


def told_of(scene: Scene, caption: str) -> dict[str, bool]:
    """Which questions a frame can be asked: those to which its true caption gives an answer.

    holding is asked only where what anybody holds is the event's own thing, since no caption tells of another.
    """
    said = read_caption(caption)
    about = scene.item(scene.event.thing)
    other = answer(scene, "holding") not in ("nothing", about.kind if about else "")
    return {question: bool(said[question]) and not (question == "holding" and other) for question in CAPTION_QUESTIONS}


def exact_event(caption: str) -> Event | None:
    """The first event that is told in the grammar's words; of those that begin together the longest."""
    lower, best, found = caption.lower(), (len(caption), 0), None
    for pattern in patterns():
        match = pattern.regex.search(caption) if pattern.literal in lower else None
        if match and (place := (match.start(), -match.end())) < best:
            thing = match.groupdict().get("thing") or ""
            names = tuple(name for name in match.groups() if name and name != thing)
            best, found = place, Event(pattern, tuple(name.title() for name in names), thing.lower())
    return found


def near_event(caption: str) -> Event | None:
    """The event most of whose own words stand in order in the first sentence; none where two events are as near."""
    first = SENTENCE.split(caption)[0]
    words = re.findall(r"[\w-]+", first.lower())
    counts = [(_in_order(pattern.words, words), pattern) for pattern in patterns()]
    near = [(count, pattern) for count, pattern in counts if count and count >= KEPT * len(pattern.words)]
    most = max((count for count, _ in near), default=0)
    best = [pattern for count, pattern in near if count == most]
    if len({pattern.kind for pattern in best}) != 1:
        return None
    return Event(best[0], (), next(iter(name.lower() for name in THINGS.findall(first)), ""))


def _in_order(wanted: Iterable[str], words: list[str]) -> int:
    """How many of the wanted words follow one another, each taken where it first comes."""
    at = count = 0
    for word in wanted:
        if word in words[at:]:
            at, count = words.index(word, at) + 1, count + 1
    return count


def _names(caption: str, event: Event | None) -> list[str]:
    """Whom an event of the sky is seen by, who is named first; else the first two of the first sentence."""
    named = NAMED.findall(caption)
    if event and event.pattern.kind in SKY:
        return named[:1]
    return list(dict.fromkeys(NAMED.findall(SENTENCE.split(caption)[0])))[:2] or named[:1]


def _holding(event: Event) -> str:
    if event.pattern.way in OUT_OF_HAND:
        return "nothing"
    return event.thing if event.pattern.way in IN_HAND else ""


def _sky(caption: str, kind: str) -> tuple[list[str], list[str]]:
    """Every light and every weather that is told."""
    first, *others = SENTENCE.split(caption)
    opening = OPENING.match(first)
    told = [_words(text) for text in ([opening[0]] if opening else []) + others]
    lights, weathers = ([pair[i] for pair in told if all(pair)] for i in (0, 1))
    if kind in SKY:
        (lights if SKY[kind] == "light" else weathers).append(kind)
    return lights, weathers


def _words(sentence: str) -> tuple[str, str]:
    """The light and the weather of a sentence; "" where it has no word for them.

    The sun shines by day, and the moon by night: so day is the weakest light, and a clear sky the weakest weather.
    """
    words = set(re.findall(r"\w+", sentence.lower()))
    light, weather = ([name for name, of in table.items() if words.intersection(of)] for table in (LIGHT, WEATHER))
    return _stronger(light), _stronger(weather)


def _stronger(found: list[str]) -> str:
    return _only(found[-1:] if len(found) == 2 and found[0] in ("day", "clear") else found)


def _only(found: Iterable[str]) -> str:
    """The one thing that is said; "" where it is none or more than one."""
    every = set(found)
    return every.pop() if len(every) == 1 else ""
