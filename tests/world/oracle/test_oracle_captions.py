"""The likelihood of a next caption is a distribution over captions, exact to the last feeling."""

from itertools import product
from math import exp, isinf, prod

import pytest
from oracle_windows import told, windows

from fabula.world.dice import probability
from fabula.world.events import FEELINGS
from fabula.world.language import words
from fabula.world.language.grammar import likelihood, tokens
from fabula.world.language.words import Words
from fabula.world.oracle import Oracle, foretold, telling
from fabula.world.oracle.facts import next_scenes
from fabula.world.oracle.foretold import caption_chance
from fabula.world.oracle.newcomers import newcomers, spoken_looks
from fabula.world.oracle.outlook import outlook
from fabula.world.scene import from_record
from fabula.world.state import changed


def test_nothing_is_left_out_and_nothing_counted_twice(monkeypatch):
    """In a world of few words: all captions that all next scenes can tell sum to one."""
    context, _ = next(w for w in windows("test", range(9), 3) if _simple(w[0]))
    ways = outlook(context)
    _few_words(monkeypatch)
    scenes = {_key(scene): scene for scene, _ in next_scenes(ways)}.values()
    captions = {
        text
        for scene in scenes
        for turn in ways.ways
        if turn.event == scene.event
        for text in expanded(Words(changed(scene, why=telling.why(turn.before, turn.after))))
    }
    assert len(captions) > 100
    assert sum(exp(-ways.nats(text)) for text in captions) == pytest.approx(1)


def _simple(context):
    ways = outlook(context).ways
    return len(ways) > 2 and len(ways) < 9 and not any(turn.newcomer for turn in ways)


def _key(scene):
    return (scene.event, tuple((a.who.id, a.feeling) for a in scene.actors))


def _few_words(monkeypatch):
    for table in ("EVENTS", "FEELS", "REACTS", "OUTSIDE", "INSIDE", "SIGHTS", "HURDLES"):
        monkeypatch.setattr(words, table, {key: _one(texts) for key, texts in getattr(words, table).items()})
    monkeypatch.setattr(words, "LEADS", {"": 3, "then ": 1})
    monkeypatch.setattr(words, "ASIDES", {"": 3, "just then ": 1})
    monkeypatch.setattr(words, "QUOTES", words.QUOTES[:2])
    foretold._chance.cache_clear()


def _one(texts):
    """One text that names the actor: skies ask for it."""
    return next(((text,) for text in texts if "{a}" in text), texts[:1])


@pytest.fixture(autouse=True)
def _fresh():
    yield
    foretold._chance.cache_clear()


def expanded(fill, start="caption"):
    """Every text of a grammar."""

    def texts(stack, capital):
        if not stack:
            return {""}
        (sort, value, _), rest = stack[0], stack[1:]
        if sort == "slot":
            return {text for option in fill(value) for text in texts(tokens(option) + rest, capital)}
        if sort == "literal":
            value = value[0].upper() + value[1:] if capital else value
            return {value + text for text in texts(rest, False)}
        return texts(rest, capital or sort == "capital")

    return texts((("slot", start, ""),), False)


@pytest.mark.parametrize("newcomer", [False, True])
def test_one_parse_is_the_sum_over_feelings_and_looks(newcomer):
    checked = 0
    for context, true in windows("test", range(8), 2):
        ways, scene = outlook(context), from_record(true.scene)
        turn = next(turn for turn in ways.ways if turn.event == scene.event)
        if bool(turn.newcomer) is not newcomer or checked == 2:
            continue
        said = caption_chance(true.caption, turn, ways.last, ways.colours)
        assert said == pytest.approx(_summed(true.caption, turn, ways, scene), rel=1e-9)
        checked += 1
    assert checked == 2


def _summed(caption, turn, ways, scene):
    """The same by hand: the true kind and name, and every feeling and look as a scene of its own."""
    base = changed(scene, why=telling.why(turn.before, turn.after))
    who = [actor.who for actor in scene.actors if actor.who.id == turn.newcomer]
    looks = spoken_looks(who[0]) if who else [None]
    known = [actor.who for actor in ways.last.actors]
    chance = {(w.kind, w.name): p for w, p in newcomers(turn, known)}[who[0].kind, who[0].name] if who else 1.0
    parts = dict(zip((turn.event.actor, turn.event.other), FEELINGS[turn.event.kind], strict=True))
    parts.pop("", None)
    total = 0.0
    for look, *felt in product(looks, *parts.values()):
        feelings = dict(zip(parts, felt, strict=True))
        actors = [changed(a, who=look) if look and a.who.id == look.id else a for a in base.actors]
        actors = [a if a.asleep else changed(a, feeling=feelings.get(a.who.id, a.feeling)) for a in actors]
        odds = prod(probability(feeling, parts[id]) for id, feeling in feelings.items())
        total += odds * likelihood(Words(changed(base, actors=tuple(actors))), caption)
    return chance * total / len(looks)


def test_a_longer_past_and_the_right_one_make_captions_likelier():
    oracle = Oracle(renders=0)
    some = windows("test", range(6), 4)
    captions = [true.caption for _, true in some]
    short = oracle.log_loss([context[-1:] for context, _ in some], captions)
    long = oracle.log_loss([context for context, _ in some], captions)
    assert sum(long) < sum(short)
    assert not any(map(isinf, short + long))
    assert isinf(oracle.log_loss([told("test", 0)[:2]], ["A dragon came."])[0])


def test_what_is_drawn_is_told_as_likely_as_it_is():
    """Captions drawn from the next frame's own law have the log-loss that the law expects of them, and are possible."""
    context, _ = windows("test", range(1), 3)[0]
    frames = [Oracle(renders=0, says="drawn").tell([context], seed=seed)[0] for seed in range(5)]
    assert len({frame.caption for frame in frames}) > 1
    assert not any(map(isinf, Oracle(renders=0).log_loss([context] * 5, [frame.caption for frame in frames])))
