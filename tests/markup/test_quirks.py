"""The fourteen quirks that real stories have: nothing crashes, nothing shifts, what is dropped is counted."""

from fabula.markup import count_repairs, kind_of, parse
from fabula.story import Box, Phase, Size

CHARACTERS = "| Character ID | Name | Description | Emotions | Actions | Narrative Function | Bounding Box |\n"
CHARACTERS += "|---|---|---|---|---|---|---|\n"
OBJECTS = "| Object ID | Description | Function | Interaction | Narrative Function | Bounding Box |\n"
OBJECTS += "|---|---|---|---|---|---|\n"
SETTING = "| Setting Element | Description | Mood | Time | Narrative Function |\n|---|---|---|---|---|\n"
PHASES = "| Narrative Phase | Description | Key Events | Images |\n|---|---|---|---|\n"


def image(number, characters="", objects="", setting=""):
    return (
        f"## Image {number}\n### Characters\n{CHARACTERS}{characters}\n### Objects\n{OBJECTS}{objects}\n"
        f"### Setting\n{SETTING}{setting}\n"
    )


def spans(frame):
    return [(mention.tag, mention.ids, frame.caption[mention.start : mention.end]) for mention in frame.mentions]


def kinds(parsed):
    return dict(count_repairs(parsed.repairs))


def test_a_clean_story_needs_no_repair():
    story = (
        "<gdi image1><gdo char1>Anna</gdo> <gda char1>opens</gda> the <gdo obj1>door</gdo> of the "
        "<gdl lm1>tower</gdl>.</gdi>\n<gdi image2>She is gone.</gdi>"
    )
    thoughts = image(
        1,
        "| char1 | Anna | tall | glad | opens | hero | 10,20,30,40 |",
        "| obj1 | oak door | way in | opened | gate | 50,5,90,95 |",
        "| Location | a tower | calm | dusk | place |",
    )
    thoughts += image(2) + "## Narrative Structure\n" + PHASES + "| Introduction | it begins | door | 1-2 |\n"
    parsed = parse(story, thoughts, 2, [Size(100, 200)] * 2)
    first, second = parsed.frames
    assert first.caption == "Anna opens the door of the tower."
    assert spans(first) == [
        ("gdo", ("char1",), "Anna"),
        ("gda", ("char1",), "opens"),
        ("gdo", ("obj1",), "door"),
        ("gdl", ("lm1",), "tower"),
    ]
    assert [(each.id, each.kind, each.name, each.box) for each in first.entities] == [
        ("char1", "character", "Anna", Box(10, 20, 30, 40)),
        ("obj1", "object", "", Box(50, 5, 90, 95)),
        ("lm1", "landmark", "", None),
    ]
    assert first.entities[0].details == {"emotions": "glad", "actions": "opens", "narrative function": "hero"}
    assert first.entities[1].details == {"function": "way in", "interaction": "opened", "narrative function": "gate"}
    assert first.setting == {"Location": "a tower"}
    assert first.setting_details == {"Location": {"mood": "calm", "time": "dusk", "function": "place"}}
    assert (second.number, second.caption) == (2, "She is gone.")
    assert parsed.phases == (Phase("Introduction", "it begins", "door", "1-2"),)
    assert parsed.repairs == ()


def test_1_a_table_with_header_and_rule_only():
    parsed = parse("<gdi image1>Alone.</gdi>", image(1), 1)
    assert (parsed.frames[0].entities, parsed.frames[0].setting, parsed.repairs) == ((), {}, ())


def test_2_background_ids_within_gdo():
    parsed = parse("<gdi image1>The <gdo bg1 bg2>hills</gdo>.</gdi>", "", 1)
    assert spans(parsed.frames[0]) == [("gdo", ("bg1", "bg2"), "hills")]
    assert [(each.id, each.kind) for each in parsed.frames[0].entities] == [
        ("bg1", "background"),
        ("bg2", "background"),
    ]


def test_3_a_tag_around_the_wrong_word_stays_where_it_is():
    row = "| char1 | Anna | tall | glad | opens | hero | 10,20,30,40 |"
    parsed = parse("<gdi image1>Anna sees <gdo char1>the</gdo> sea.</gdi>", image(1, row), 1)
    assert parsed.frames[0].caption == "Anna sees the sea."
    assert spans(parsed.frames[0]) == [("gdo", ("char1",), "the")]


def test_4_a_background_described_differently_from_frame_to_frame():
    thoughts = image(1, setting="| Background | bg1: a dark wood | grim | night | fear |")
    thoughts += image(2, objects="| bg1 | a sunny meadow | | | | |") + image(
        3, setting="| bg1 | a road | dull | noon | way |"
    )
    parsed = parse("".join(f"<gdi image{n}>x <gdl bg1>there</gdl></gdi>" for n in (1, 2, 3)), thoughts, 3)
    (one,), (two,), (three,) = (frame.entities for frame in parsed.frames)
    assert [each.description for each in (one, two, three)] == ["a dark wood", "a sunny meadow", "a road"]
    assert {each.kind for each in (one, two, three)} == {"background"}
    assert parsed.frames[0].setting == {"Background": "bg1: a dark wood"}


def test_5_a_name_that_changes_is_known_by_each_frame_as_its_own_table_says():
    thoughts = image(1, "| char1 | the stranger | tall | - | - | - | 1,2,3,4 |")
    thoughts += image(2, "| char1 | Anna | tall | - | - | - | 1,2,3,4 |")
    story = "".join(f"<gdi image{n}><gdo char1>She</gdo> waits.</gdi>" for n in (1, 2, 3))
    frames = parse(story, thoughts, 3).frames
    assert [frame.entities[0].name for frame in frames] == ["the stranger", "Anna", ""]


def test_6_a_gdf_tag_is_dropped_and_its_text_kept():
    parsed = parse("<gdi image1>A <gdf char1>smiling <gdo char1>face</gdo></gdf> here.</gdi>", "", 1)
    assert parsed.frames[0].caption == "A smiling face here."
    assert spans(parsed.frames[0]) == [("gdo", ("char1",), "face")]
    assert kinds(parsed) == {"tag dropped: unknown": 1}


def test_7_text_outside_segments_is_dropped_and_counted():
    parsed = parse("Once <gdo char1>upon</gdo>\n<gdi image1>One.</gdi> between <gdi image2>Two.</gdi> The end.", "", 2)
    assert [frame.caption for frame in parsed.frames] == ["One.", "Two."]
    assert kinds(parsed) == {"text dropped: outside any segment": 3}


def test_8_rows_longer_or_shorter_than_the_header():
    rows = "| char1 | Anna | tall |\n| char2 | Bob | small | sad | sits | foe | 1,2,3,4 | what | else |\n"
    parsed = parse("<gdi image1>x</gdi>", image(1, rows), 1)
    anna, bob = parsed.frames[0].entities
    assert (anna.name, anna.description, anna.details, anna.box) == ("Anna", "tall", {}, None)
    assert (bob.name, bob.details["narrative function"], bob.box) == ("Bob", "foe", Box(1, 2, 3, 4))
    assert kinds(parsed)["row shorter than its header"] == kinds(parsed)["row longer than its header"] == 1


def test_9_boxes_that_are_empty_not_numbers_or_outside():
    cells = ["", "N/A", "1,2,3", "500,10,600,20", "-10,-10,210,110", "30,30,30,40", "[10, 20.6, 30, 40]", "-9,-9,-1,-1"]
    rows = "".join(f"| char{n} | x | x | x | x | x | {cell} |\n" for n, cell in enumerate(cells, start=1))
    parsed = parse("<gdi image1>x</gdi>", image(1, rows), 1, [Size(100, 200)])
    boxes = [each.box for each in parsed.frames[0].entities]
    assert boxes == [None, None, None, None, Box(0, 0, 200, 100), None, Box(10, 21, 30, 40), None]
    assert kinds(parsed) == {
        "box dropped: empty": 2,
        "box dropped: not numbers": 2,
        "box dropped: outside the picture": 2,
        "box clamped to the picture": 1,
    }
    assert "box dropped: not numbers (image 1, char2: 'N/A')" in parsed.repairs


def test_10_tags_in_capitals_or_as_an_html_parser_leaves_them():
    plain = parse("<gdi image1>The <gdo char1 obj2>cat</gdo>.</gdi>", "", 1)
    for story in (
        "<GDI IMAGE1>The <GDO CHAR1 OBJ2>cat</GDO>.</GDI>",
        '<gdi image1="">The <gdo char1="" obj2="">cat</gdo>.</gdi>',
        "<gdi image 1>The <gdo char1, obj2>cat</gdo>.</gdi>",
    ):
        assert parse(story, "", 1) == plain


def test_11_a_missing_segment_shifts_nothing():
    thoughts = image(1) + image(3, "| char1 | Cid | x | x | x | x | 1,2,3,4 |")
    parsed = parse("<gdi image3>Three.</gdi><gdi image1>One.</gdi><gdi image9>Nine.</gdi>", thoughts, 3)
    assert [(frame.number, frame.caption) for frame in parsed.frames] == [(1, "One."), (2, ""), (3, "Three.")]
    assert [len(frame.entities) for frame in parsed.frames] == [0, 0, 1]
    assert kinds(parsed) == {"segment missing: the caption is empty": 1, "segment dropped: no such image": 1}


def test_12_unclosed_and_nested_tags():
    story = "<gdi image1>The <gdo char1>cat <gda char1>sits</gda></gdo> and <gdo char2>a dog <gdi image2>barks</gdo>"
    parsed = parse(story, "", 2)
    one, two = parsed.frames
    assert spans(one) == [("gdo", ("char1",), "cat sits"), ("gda", ("char1",), "sits"), ("gdo", ("char2",), "a dog")]
    assert (two.caption, two.mentions) == ("barks", ())
    assert kinds(parsed) == {
        "segment closed: it never ended": 2,
        "tag closed: it never ended": 1,
        "tag dropped: it closes nothing": 1,
    }


def test_12_tags_that_cross_close_by_another_name_or_break_off():
    crossed = parse("<gdi image1>a <gdo char1>b <gda char1>c</gdo> d</gda></gdi>", "", 1)
    assert spans(crossed.frames[0]) == [("gdo", ("char1",), "b c"), ("gda", ("char1",), "c d")]
    mixed = parse("<gdi image1>a <gdo char1>b</gda> c</gdi>", "", 1)
    assert spans(mixed.frames[0]) == [("gdo", ("char1",), "b")]
    torn = parse("<gdi image1>a <gdo char1 b</gdo> c</gdi>", "", 1)
    assert (torn.frames[0].caption, spans(torn.frames[0])) == ("a b c", [("gdo", ("char1",), "b")])
    assert [kinds(each) for each in (crossed, mixed, torn)] == [
        {"tags overlap": 1},
        {"tag mended: closed by another name": 1},
        {"tag mended: '>' is missing": 1},
    ]


def test_13_pipes_within_a_cell_escaped_or_not():
    rows = "| char1 | Anna | tall \\| slim | x | x | x | 1,2,3,4 |\n"
    rows += "| char2 | Bob | big | old | sad | sits | foe | 5,6,7,8 |\n"
    anna, bob = parse("<gdi image1>x</gdi>", image(1, rows), 1).frames[0].entities
    assert (anna.description, anna.box) == ("tall | slim", Box(1, 2, 3, 4))
    assert (bob.description, bob.details["emotions"], bob.box) == ("big | old", "sad", Box(5, 6, 7, 8))


def test_14_entities_without_a_mention_and_mentions_without_an_entity():
    rows = "| char1 | Anna | x | x | x | x | 1,2,3,4 |\n| the cat | x | x | x | x | x | 1,2,3,4 |"
    parsed = parse("<gdi image1>It was <gdo char2>him</gdo> and <gdo>her</gdo>.</gdi>", image(1, rows), 1)
    assert [(each.id, each.name) for each in parsed.frames[0].entities] == [("char1", "Anna"), ("char2", "")]
    assert kinds(parsed) == {"row dropped: no id": 1, "mention dropped: no id": 1}


def test_a_mention_without_text_is_dropped_within_a_word_too():
    parsed = parse("<gdi image1>a<gdo char1></gdo>b <gda char1> </gda> c <</gdi>", "", 1)
    assert (parsed.frames[0].caption, parsed.frames[0].mentions) == ("ab c", ())
    assert kinds(parsed) == {"mention dropped: no text": 2, "text dropped: a torn tag": 1}


def test_segments_of_one_image_are_joined_and_their_spans_moved():
    parsed = parse(
        "<gdi image1> One <gdo char1>\n cat </gdo></gdi><gdi image1>and <gdo obj1>a  dog</gdo>.</gdi>", "", 1
    )
    assert parsed.frames[0].caption == "One cat and a dog."
    assert spans(parsed.frames[0]) == [("gdo", ("char1",), "cat"), ("gdo", ("obj1",), "a dog")]
    assert kinds(parsed) == {"segments joined: one image twice": 1}


def test_tables_of_images_that_are_not_there_and_rows_under_no_heading_are_dropped():
    row = "| char1 | Anna | x | x | x | x | 1,2,3,4 |\n"
    parsed = parse("<gdi image1>x</gdi>", CHARACTERS + row + image(7, row) + "Some prose.\n", 1)
    assert parsed.frames[0].entities == ()
    assert kinds(parsed) == {
        "row dropped: outside any image": 1,
        "table dropped: no such image": 1,
        "text dropped: outside any table": 1,
    }


def test_a_repair_is_counted_by_its_kind():
    assert kind_of("box dropped: not numbers (image 3, char2: 'n/a (b)')") == "box dropped: not numbers"
    assert count_repairs(["a (1)", "a (2)", "b"]) == {"a": 2, "b": 1}
