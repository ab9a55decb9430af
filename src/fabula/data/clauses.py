"""Which English clauses may be moved or joined otherwise without a change of meaning: lists of words, and tests."""

from __future__ import annotations

import re

WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)*")


def _listed(text: str) -> frozenset[str]:
    return frozenset(text.split())


PRONOUNS = _listed(
    "he she it they we you i him her them us me his hers its their theirs my mine your yours our ours himself herself "
    "itself themselves this that these those such there here who which one ones both each other others another"
)
# what a sentence may begin with that leans on another, or that would stand badly after a clause
LEADS = _listed(
    "then soon later suddenly meanwhile finally next now afterwards afterward first last again also too still instead "
    "however therefore thus once one just at after before when while as if because since until although though and "
    "but so or yet for nor even only never not in on by with from to of what how why where oh"
)
# what may lose its capital within a sentence; whatever else begins one may be a name
LOWER = _listed(
    "the a an he she it they we you his her their its my your our there this these those some all every everyone "
    "everybody somebody someone many most people children"
)
# words whose reach may end where a clause begins: what is reported, denied, compared or only supposed
SCOPES = _listed(
    "that if when who whom whose which what how why where whether while until till unless before after as than though "
    "although said says say saying thought think thinks knew know knows told tell tells asked ask asks believed "
    "believe hoped hope wondered wonder pretended felt dreamed dreamt imagined not never no nobody nothing none "
    "neither nor cannot without hardly or because"
)
LINKS = _listed("is are was were be been just only simply mainly partly even and but so perhaps maybe")
JOINTS = _listed("and but so then")
SMALL = _listed("the and was were are very with all full")  # shared by sentences that share nothing


def words_of(text: str) -> list[str]:
    """The words in small letters."""
    return [word.lower().replace("\u2019", "'") for word in WORD.findall(text)]


def free(clause: str) -> bool:
    """Whether a clause of two words at least holds nothing whose reach might change."""
    words = words_of(clause)
    denied = any(word.endswith("n't") for word in words)
    return len(words) > 1 and words[0] not in LEADS and SCOPES.isdisjoint(words) and not denied


def whole(main: str, cause: str) -> bool:
    """Whether a cause belongs to all of the clause before it, and is one clause itself."""
    words, after = words_of(main), words_of(cause)
    if not after or after[0] == "of" or "because" in after:
        return False
    return free(main) and words[-1] not in LINKS and not _joins(main) and not _joins(cause)


def _joins(text: str) -> bool:
    """Whether `and` or the like may join a clause with a subject of its own; two names at the start are one subject."""
    words = text.split()
    after = [words[place + 1] for place, word in enumerate(words[:-1]) if word in JOINTS and place != 1]
    return any(word.lower() in PRONOUNS | LOWER or not word.islower() for word in after)


def within(clause: str) -> str:
    """The clause as it stands after another; empty where its first word may be a name and may be none."""
    first, *others = clause.split()
    if first.lower() in LOWER and first[1:] == first[1:].lower():
        return clause[0].lower() + clause[1:]
    doubtful = first.endswith(("ly", "ing")) or (others and others[0] in ("are", "were", "have", "do"))
    return "" if doubtful else clause


def leans(sentence: str) -> bool:
    """Whether a sentence begins with what leans on the one before it."""
    words = words_of(sentence)
    return not words or words[0] in PRONOUNS | LEADS


def shares(sentence: str, before: list[str]) -> bool:
    """Whether a sentence speaks of anything that has been spoken of, which would then come too late."""
    told = {word.rstrip("s") for each in before for word in words_of(each)}
    return any(word.rstrip("s") in told for word in words_of(sentence) if len(word) > 2 and word not in SMALL)
