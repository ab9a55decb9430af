"""A caption told in other words of the same facts: what changes is order, connectives, punctuation and tags.

Only rules, no synonyms, and only where they are safe: a clause that is reported, denied or supposed stays where it is,
and so does a sentence that others lean on. What has no safe change has no variant. Five changes: a cause in front,
`because` and `for`, one sentence or two (`, but he` and `. But he`), a description told first, tags left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from fabula.data.clauses import PRONOUNS, SCOPES, WORD, free, leans, shares, whole, within, words_of

MOST = 4  # variants of one caption
CONNECTIVES = frozenset(("and", "then", "but", "so", "because", "for"))  # what a change may add, drop or swap

_TAG = re.compile(r"</?gd[aoil]\b[^<>]*>", re.IGNORECASE)
_BREAK = re.compile(r"(?<=[a-z][.!?]) (?=[A-Z])")
_SPOKEN = re.compile(r"[\"\u201c\u201d\u201e\u00ab\u00bb\u2018]")
_ABBREVIATED = re.compile(r"\b(?:Mr|Mrs|Ms|Dr|St|No|Prof)\.$")
_LEAD = r"Then|Soon|Before long|After a while|A little later|One (?:\w+ ){0,2}(?:day|morning|evening|night)"
_BECAUSE = re.compile(rf"(?:({_LEAD}) (?! ))?(\w[\w' ]+) because ([\w' ]+)\.", re.ASCII)
_FOR = re.compile(r"([A-Z][\w' ]+), for ((?:he|she|it|they|we|there) [\w' ]+)\.", re.ASCII)
_TWO = re.compile(r"([A-Z][\w' ]+), (and then|and|but|so) ((?:he|she|they|it|there) [\w' ]+\.)", re.ASCII)
_JOINED = re.compile(r"([A-Z][\w' ]+)\. (Then|But|So|And) ((?:he|she|they|it|there|the|a|an) [\w', ]+\.)", re.ASCII)
_STILL = re.compile(  # how a place or the sky is; not what becomes of it
    r"The (?:\w+ ){1,6}(?:is|are|was|were) (?!\w*(?:ing|ed|en)\b)(?!about|gone|there|back|here|told|made|sent|left)"
    r"[\w' ]+\."
    r"|It (?:is|was) (?:an? |very |so |too )[\w ]*\b(?:day|night|evening|morning|afternoon|dark|cold|hot|warm|quiet)\."
)


def paraphrase(caption: str, chance: np.random.Generator) -> str:
    """One of the caption's variants; the caption itself where it has none."""
    told = variants(caption)
    return told[int(chance.integers(len(told)))] if told else caption


def variants(caption: str) -> tuple[str, ...]:
    """The caption in other words, at most `MOST` times, always in the same order; nothing where no change is safe."""
    told = dict.fromkeys(_changed(caption))
    return tuple(text for text in told if text.strip() and text != caption and facts(text) == facts(caption))[:MOST]


def facts(caption: str) -> list[str]:
    """What every variant keeps: the words in alphabetical order, without case, tags and connectives."""
    words = (word.lower() for word in WORD.findall(_TAG.sub("", caption)))
    return sorted(word for word in words if word not in CONNECTIVES)


def _changed(caption: str) -> Iterator[str]:
    if _TAG.search(caption):
        yield " ".join(_TAG.sub("", caption).split())
        return
    sentences = _BREAK.split(caption)
    for place, sentence in enumerate(sentences):
        for told in _retold(sentence):
            yield " ".join([*sentences[:place], told, *sentences[place + 1 :]])
    for place in range(len(sentences) - 1):
        for told in _in_one(*sentences[place : place + 2]):
            yield " ".join([*sentences[:place], told, *sentences[place + 2 :]])
    yield from _described_first(sentences)


def _retold(sentence: str) -> Iterator[str]:
    """One sentence, its clauses in other order or joined in another way."""
    if match := _BECAUSE.fullmatch(sentence):
        yield from _caused(match[1] or "", match[2], match[3])
    if (match := _FOR.fullmatch(sentence)) and free(match[1]):
        yield f"{match[1]} because {match[2]}."
    if (match := _TWO.fullmatch(sentence)) and free(match[1]):
        joined = {"and then": "Then ", "and": "", "but": "But ", "so": "So "}[match[2]]
        yield f"{match[1]}. {joined}{match[3] if joined else match[3][0].upper() + match[3][1:]}"


def _caused(lead: str, main: str, cause: str) -> Iterator[str]:
    """`Soon she left because it rained.`: the cause before the clause but after its lead; or as `for`."""
    if not whole(main, cause):
        return
    if lead:
        yield f"{lead}, because {cause}, {main}."
    elif begins := within(main):
        yield f"Because {cause}, {begins}."
    if cause.split()[0] in ("he", "she", "it", "they", "we", "there"):
        yield f"{lead} {main}, for {cause}.".lstrip()


def _in_one(first: str, second: str) -> Iterator[str]:
    """Two sentences as one, where the second begins with what joins them."""
    match = _JOINED.fullmatch(f"{first} {second}")
    if match and free(match[1]) and not _ABBREVIATED.search(first):
        yield f"{match[1]}, {'and then' if match[2] == 'Then' else match[2].lower()} {match[3]}"


def _described_first(sentences: list[str]) -> Iterator[str]:
    """A sentence that only describes, told before all else: where neither the first nor the next one leans on it."""
    if _SPOKEN.search(" ".join(sentences)) or any(map(_ABBREVIATED.search, sentences)) or leans(sentences[0]):
        return
    for place in range(1, len(sentences)):
        alone = _describes(sentences[place]) and not shares(sentences[place], sentences[:place])
        if alone and not any(map(leans, sentences[place + 1 : place + 2])):
            yield " ".join([sentences[place], *sentences[:place], *sentences[place + 1 :]])


def _describes(sentence: str) -> bool:
    """Whether it says how a place or the sky is, with no pronoun in it but the `it` of the weather."""
    words = words_of(sentence)[1:]
    here = not {"now", "then", "again"} & set(words)
    return here and bool(_STILL.fullmatch(sentence)) and PRONOUNS.isdisjoint(words) and SCOPES.isdisjoint(words)
