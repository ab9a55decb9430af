"""Laws over any text: nothing crashes, spans point at their words, and parse, print, parse gives the same story."""

import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fabula.errors import FabulaError
from fabula.markup import parse, print_story, squeeze
from fabula.markup.repairs import KINDS, kind_of
from fabula.story import Box, Entity, Frame, Mention, Phase, Size

PIECES = [
    *("<gdi image1>", "<gdi image2>", "<gdi image3>", "<gdi>", "</gdi>", "<gdo char1>", "<gdo char2 obj1>", "</gdo>"),
    *("<gda char1>", "</gda>", "<gdl lm1>", "<gdl bg1>", "</gdl>", "<gdf char1>", "</gdf>", "<gdo x>", "<", ">", "g"),
    *("<gd", "do char1>", "Anna", "the  door", " ", "\n", "|", "\\", "## Image 1\n", "## Image 2\n", "### Setting\n"),
    *("### Characters\n", "### Objects\n", "| char1 | Anna | tall \\| slim |", " sad | runs | hero | 1,2,30,40 |\n"),
    *("| obj1 | a key | opens | held | clue | 5,5,5000,9 |\n", "| Location | a wood |\n", "| bg1 | hills | calm |\n"),
    *("|---|---|---|\n", "---|---\n", "| Character ID | Name | Description | Bounding Box |\n", "| a | b | c |\n"),
    *("| Setting Element | Description | Mood | Time | Narrative Function |\n", "## Narrative Structure\n", "é\u2028"),
    *("| Narrative Phase | Description | Key Events | Images |\n", "| Conflict | fight | blow | 2 |\n", "\0", "\ud800"),
]
ANYTHING = st.one_of(st.text(max_size=80), st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
SIZES = [Size(100, 200), None, Size(1, 1)]


def same_again(parsed, count=3):
    again = parse(*print_story(parsed.frames, parsed.phases), count)
    assert again.frames == parsed.frames
    assert again.phases == parsed.phases


@settings(max_examples=250, deadline=None)
@given(ANYTHING, ANYTHING)
def test_any_text_is_read_and_what_was_read_is_printed_and_read_again(story, thoughts):
    parsed = parse(story, thoughts, 3, SIZES)
    assert [frame.number for frame in parsed.frames] == [1, 2, 3]
    assert {kind_of(repair) for repair in parsed.repairs} <= {*KINDS}
    for frame in parsed.frames:
        assert frame.caption == squeeze(frame.caption)
        assert "\0" not in frame.caption
        for mention in frame.mentions:
            word = frame.caption[mention.start : mention.end]
            assert word
            assert word == word.strip()
            assert {*mention.ids} <= {entity.id for entity in frame.entities}
    same_again(parsed)


WORD = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Z"], exclude_characters="<|\\*#-"), min_size=1, max_size=6
)
TEXT = st.lists(st.one_of(WORD, st.sampled_from(["tall | slim", "a\\b", "- no -", "<b>"])), max_size=4).map(" ".join)
ID = st.builds("{}{}".format, st.sampled_from(["char", "obj", "lm", "bg"]), st.integers(0, 12))
BOX = st.builds(lambda x, y, w, h: Box(x, y, x + w, y + h), *[st.integers(0, 90)] * 2, *[st.integers(1, 200)] * 2)


@st.composite
def frames(draw):
    words = draw(st.lists(WORD, max_size=8))
    caption = " ".join(words)
    ends = [len(" ".join(words[: place + 1])) for place in range(len(words))]
    starts = [end - len(word) for end, word in zip(ends, words, strict=True)]
    mentions, place = [], 0
    while place < len(words):
        last = draw(st.integers(place, len(words) - 1))
        ids = tuple(draw(st.lists(ID, min_size=1, max_size=2, unique=True)))
        if draw(st.booleans()):
            mentions.append(Mention(draw(st.sampled_from(["gdo", "gdl"])), ids, starts[place], ends[last]))
            if draw(st.booleans()):
                mentions.append(Mention("gda", ids, starts[place], ends[place]))
        place = last + 1
    told = {name for mention in mentions for name in mention.ids}
    kinds = {"char": "character", "obj": "object", "lm": "landmark", "bg": "background"}
    kind = {name: kinds[name.rstrip("0123456789")] for name in {*told, *draw(st.sets(ID, max_size=3))}}
    order = sorted(
        kind, key=lambda name: ([*kinds.values()].index(kind[name]), int("".join(filter(str.isdigit, name))))
    )
    details = st.dictionaries(
        st.sampled_from(["emotions", "actions", "function", "smell"]), TEXT.filter(bool), max_size=3
    )
    entities = [
        Entity(name, kind[name], draw(TEXT), draw(TEXT), draw(st.none() | BOX), draw(details)) for name in order
    ]
    elements = draw(st.sets(st.sampled_from(["Location", "Lighting", "Weather", "The river"]), max_size=3))
    return {
        "caption": caption,
        "mentions": tuple(mentions),
        "entities": tuple(entities),
        "setting": {element: draw(TEXT) for element in sorted(elements)},
        "setting_details": {element: {"mood": "calm", "sound": "loud"} for element in sorted(elements)[:1]},
    }


PHASE = st.builds(Phase, st.sampled_from(["Introduction", "Turning Point"]), TEXT, TEXT, st.sampled_from(["", "1-3"]))


@settings(max_examples=120, deadline=None)
@given(st.lists(frames(), min_size=1, max_size=4), st.lists(PHASE, max_size=3))
def test_a_story_is_printed_and_read_without_loss(told, phases):
    story = tuple(Frame(None, number=number, **frame) for number, frame in enumerate(told, start=1))
    parsed = parse(*print_story(story, phases), len(story))
    assert parsed.frames == story
    assert parsed.phases == tuple(phases)
    assert {kind_of(repair) for repair in parsed.repairs} <= {"box dropped: empty"}


SAMPLE = Frame(
    None,
    "the old cat sat here",
    mentions=(
        Mention("gdo", ("bg10", "obj0"), 0, 7),
        Mention("gdo", ("char0", "bg0"), 8, 11),
        Mention("gda", ("char0", "bg0"), 8, 11),
    ),
    entities=(
        Entity("char0", "character", "A cat", "tall | slim", None, {"emotions": "glad", "function": "why"}),
        Entity("obj0", "object", "Key", "", Box(1, 2, 3, 4)),
        Entity("bg0", "background", "", "far hills", None, {"smell": "hay"}),
        Entity("bg10", "background"),
    ),
    setting={"Location": "bg1: wood", "Weather": "fine"},
    setting_details={"Location": {"mood": "calm", "sound": "loud"}},
)
PUT = ["", "<", ">", "|", "\n", "</gdo>", "<gdi image2>", "9", "| bg1 |", "id", "Name", "## Image 1\n", "---"]


@pytest.mark.parametrize("seed", range(20))
def test_a_broken_copy_of_a_story_is_still_read(seed):
    chance = random.Random(seed)
    texts = print_story([SAMPLE] * 3, [Phase("Introduction", "it begins", "a knock", "1")])
    for _ in range(20):
        same_again(parse(*(broken(text, chance) for text in texts), 3, SIZES))


def broken(text, chance):
    """The text with a few places overwritten: by markup, by nothing, by a piece of itself."""
    for _ in range(chance.randint(1, 12)):
        place, length = chance.randrange(len(text) + 1), chance.choice([0, 1, 5, 30])
        put = chance.choice([*PUT, text[place : place + 30]])
        text = text[:place] + put + text[place + length :]
    return text


@pytest.mark.parametrize(
    "frame",
    [
        Frame(None, "two  spaces"),
        Frame(None, "a <gdo char1>tag</gdo>"),
        Frame(None, "the cat", mentions=(Mention("gdo", ("char1",), 3, 7),)),
        Frame(None, "the cat", mentions=(Mention("gdo", ("cat",), 4, 7),)),
        Frame(None, "the cat", mentions=(Mention("gdx", ("char1",), 4, 7),)),
        Frame(None, "the cat", mentions=(Mention("gdo", ("char1",), 4, 17),)),
        Frame(None, "a b c", mentions=(Mention("gdo", ("char1",), 0, 3), Mention("gdo", ("char2",), 2, 5))),
        Frame(None, "the cat", mentions=(Mention("gdo", ("char1",), 4, 7), Mention("gdo", ("char2",), 0, 3))),
    ],
)
def test_what_could_not_be_read_again_is_not_printed(frame):
    with pytest.raises(FabulaError, match="frame 1"):
        print_story([frame])


@pytest.mark.parametrize(
    "piece", ["<gdo char1>a", "</gdo>", "<gdi image1>", "<gd", "< ", "<gdo ", "<gdo char1 ", "word "]
)
def test_long_texts_take_time_in_proportion(piece):
    began = time.process_time()
    parse("<gdi image1>" + piece * 20_000 + "</gdo>" * 20_000, piece * 5_000, 1)
    assert time.process_time() - began < 5


@pytest.mark.parametrize(
    "piece", ["|", "| a ", "#", "## Image 1\n", "| char1 | a |\n", "1,2,3,", "| --- ", "*", "char1"]
)
def test_long_tables_take_time_in_proportion(piece):
    began = time.process_time()
    header = "## Image 1\n| Character ID | Name | Bounding Box |\n|---|---|---|\n| char1 | a | "
    parse("", header + piece * 20_000, 1)
    assert time.process_time() - began < 5
