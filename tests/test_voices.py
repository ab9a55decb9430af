"""The voices of a writer, apart: they mix to what it says, are scored and logged, and what was copied is drawn."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch
from smallest import smallest
from test_maps import LENGTHS, B, K, L, context, model
from test_maps import VOCABULARY as WORDS
from test_story_writer import VOCABULARY, captions, memory, writer
from torch.testing import assert_close

from fabula.building import build_model
from fabula.drawing.maps.maps import Weighed, draw_maps
from fabula.drawing.maps.placing import Map, Read, placed
from fabula.drawing.maps.watching import look
from fabula.drawing.maps.weighed import mean_words
from fabula.evaluate.attention import copied_of
from fabula.evaluate.inquiry import PARTS, VOICES
from fabula.evaluate.voices import MIXTURE, voices
from fabula.layers.seen import Seen
from fabula.layers.voices import LEAST
from fabula.losses.caption import caption_nats
from fabula.narrator import Voice
from fabula.report.attention import copied_words
from fabula.report.voices import voices as shown_voices
from fabula.spec import Spec
from fabula.story import Frame
from fabula.storyteller import ModelStoryteller
from fabula.tokenizer import Tokenizer
from fabula.types import StoryBatch

__all__ = ["writer"]  # a fixture


@torch.no_grad()
def test_the_voices_mix_to_what_the_writer_says(writer):
    known, target = memory(), captions(9, B)
    spoken = writer.apart(known, target)
    assert list(spoken) == ["network", "pointer", "counts"][: len(spoken)]
    assert len(spoken) == (3 if writer.counts else 2)
    mixed = sum(voice.share * (-voice.nats).exp() for voice in spoken.values())
    real = target != VOCABULARY.pad
    assert_close(-mixed[real].log(), caption_nats(writer(known, target))[real].to(mixed.dtype), atol=1e-4, rtol=1e-4)
    whole = sum(voice.share for voice in spoken.values())
    assert_close(whole, real.to(whole.dtype))
    assert all((voice.nats[~real] == 0).all() for voice in spoken.values())


@torch.no_grad()
def test_the_pointer_alone_says_what_was_said_before_and_nothing_else(writer):
    known, target = memory(counts=(4, 4, 4)), captions(9, B)
    nats, floor = writer.apart(known, target)["pointer"].nats, -np.log(LEAST)
    for row in range(B):
        heard = set(known.context.captions[row].flatten().tolist()) - {VOCABULARY.pad, VOCABULARY.end}
        for place, word in enumerate(target[row].tolist()):
            if word != VOCABULARY.pad:
                assert (float(nats[row, place]) < floor - 0.01) == (word in heard)
            heard |= {word} - {VOCABULARY.end}


def test_who_has_one_voice_is_not_taken_apart():
    assert model().caption_decoder.apart(None, None) == {}
    assert model().measures == ()


@torch.no_grad()
def test_what_a_run_logs_is_the_mean_gate(writer):
    known, target = memory(), captions(9, B)
    said, spoken = writer(known, target).beside, writer.apart(known, target)
    tokens = (target != VOCABULARY.pad).sum(1)
    assert writer.measures == tuple(f"{name}_share" for name in spoken)
    for name, voice in spoken.items():
        assert_close(said[f"{name}_share"], voice.share.sum(1) / tokens)


STORY = Spec("story", {"layers": 1, "heads": 2, "pictures": 2})


def test_a_story_model_names_its_measures_and_gives_them():
    it, held = model(caption_decoder=STORY), context()
    output = it.eval()(StoryBatch(held, held))
    assert it.measures == ("network_share", "pointer_share")
    assert_close(sum(output.terms[name] for name in it.measures), torch.ones(B))


def told() -> torch.Tensor:
    ids = torch.randint(3, WORDS.size, (B, L), generator=torch.Generator().manual_seed(5))
    ids[1, 3], ids[1, 4:] = WORDS.end, WORDS.pad
    return ids


@pytest.mark.parametrize("kind", [STORY, Spec("pointer")], ids=["story", "pointer"])
def test_of_every_told_word_it_is_known_how_much_was_copied(kind):
    it, held = model(caption_decoder=kind), context()
    (copied,) = [each.copied for each in look(it, held, told()).values() if each.copied is not None]
    assert copied.shape == (B, L)
    real = told() != WORDS.pad
    assert ((copied > 0) & (copied < 1))[real].all()
    assert (copied[~real] == 0).all()
    assert not any(each.copied is not None for each in look(it, held).values())


def test_a_story_writer_points_at_words_of_the_context_and_of_what_it_writes():
    it, held = model(caption_decoder=STORY), context()
    (pointed,) = [each for name, each in look(it, held, told()).items() if name == "caption_decoder.pointed"]
    assert pointed.words.shape == (B, K, L)
    real = held.present[..., None] & (held.captions != WORDS.pad) & (held.captions != WORDS.end)
    assert ((pointed.words > 0) == real).all()
    sums = pointed.words.sum((1, 2))
    assert ((sums > 0.1) & (sums < 1)).all()
    assert_close(pointed.written, pointed.words.sum(2))
    first = it.eval().caption_decoder.apart(it.remember(held), held.captions[:, 0])["pointer"]
    assert (pointed.words[0] > 0).sum(1).tolist() == [length - 1 for length in LENGTHS]
    assert (first.nats[:, 0] < -np.log(LEAST)).all()


def test_a_word_that_alone_can_be_copied_is_the_word_that_is_pointed_at():
    """The first token of a caption that follows one word of context: all of the pointer lies on that word."""
    it, held = model(caption_decoder=STORY), context()
    held.present[:, 1:] = False
    held.captions[:, 0] = WORDS.pad
    held.captions[:, 0, 0], held.captions[:, 0, 1] = 7, WORDS.end
    asked = torch.full((B, L), WORDS.pad)
    asked[:, 0] = WORDS.end
    (pointed,) = [each.words for name, each in look(it, held, asked).items() if name == "caption_decoder.pointed"]
    assert_close(pointed[:, 0, 0], torch.ones(B))
    assert int((pointed > 0).sum()) == B


def test_axes_that_nobody_knows_are_not_drawn():
    it, held = model(caption_decoder=STORY), context()
    it.caption_decoder.copied, it.caption_decoder.pointed = Seen("B L T"), Seen("Q R S T")
    assert not any(name.startswith("caption_decoder") for name in look(it, held, told()))
    mask = torch.ones(2, 1, dtype=torch.bool)
    read = Read(torch.ones(1, 2, dtype=torch.bool), 1, None, mask, mask, mask, mask, written=mask[:1])
    for axes in ("B L T", "B L G", "X", "B L"):
        assert placed("caption_decoder.any", axes, torch.rand(1, 3, 4), read) is None


def test_a_word_of_several_tokens_was_copied_as_far_as_they_were_on_average():
    spans = [(0, 2), (2, 3), (3, 7)]
    said = mean_words("fox runs", spans, np.array([0.2, 0.6, 0.5, 0.1]))
    assert [word for word, _ in said] == ["fox", "runs", "■"]
    assert [share for _, share in said] == pytest.approx([0.4, 0.5, 0.1])


def test_what_was_copied_is_drawn_and_kept_for_every_story():
    spans = lambda text: [(n, n + 1) for n in range(len(text))]  # noqa: E731
    held, shares = context(), torch.full((B, L), 0.25)
    said = [[f"frame {frame}" for frame in range(count)] for count in (4, 2, 1)]
    given = (["one", "two", "three"], said, held)
    names, written = {"caption_decoder": "writer"}, ["a fox", "", "bees"]
    with_words = Weighed(*given, {"caption_decoder": Map(copied=shares)}, names, spans, written)
    without = Weighed(*given, {"caption_decoder": Map(written=torch.rand(B, K))}, names, spans, written)
    assert draw_maps(with_words).height > draw_maps(without).height
    kept = copied_of(with_words)
    assert copied_of(without) == []
    assert [[word for word, _ in row["words"]] for row in kept] == [["a", "fox", "■"], ["■"], ["bees", "■"]]
    assert dict(copied_words(kept[0]).captions[0].words)["fox"] == pytest.approx(0.25)
    assert copied_words(None) is None


@pytest.fixture(scope="module")
def teller() -> ModelStoryteller:
    recipe, tokenizer = (
        smallest("model.caption_decoder={kind: story, layers: 1, heads: 2}"),
        Tokenizer.train(["a fox", "a hill"], 300),
    )
    torch.manual_seed(0)
    made = build_model(recipe.model, recipe.data.picture_size, tokenizer.vocabulary)
    return ModelStoryteller(made, tokenizer, recipe)


def chunk(count: int) -> SimpleNamespace:
    from PIL import Image

    said = ["a fox", "a hill", "a fox, a hill"]
    frames = [Frame(Image.new("RGB", (24, 16), (60 * n, 0, 0)), said[n % 3]) for n in range(count)]
    words = np.array([len(frame.caption.split()) for frame in frames], np.float64)
    return SimpleNamespace(
        contexts=[[frame] for frame in frames],
        captions=[frame.caption for frame in frames],
        words=words,
        tokens=words + 1,
        stories=np.arange(count) // 2,
    )


def test_a_teller_has_a_door_to_its_voices(teller):
    asked = chunk(5)
    spoken = teller.voices(asked.contexts, asked.captions)
    ids, _ = teller.tokenizer.encode(asked.captions, teller.recipe.data.caption_length)
    tokens = (ids != teller.tokenizer.vocabulary.pad).sum(1)
    np.testing.assert_allclose(sum(voice.share for voice in spoken.values()), tokens, rtol=1e-5)
    assert (spoken["network"].able == tokens).all()
    assert (spoken["pointer"].able < tokens).all()  # an end is never copied
    one = teller.voices(asked.contexts[3:4], asked.captions[3:4])["network"].nats
    np.testing.assert_allclose(one, spoken["network"].nats[3:4], rtol=1e-4)
    assert VOICES in PARTS


def test_scores_hold_every_voice_with_its_interval_beside_the_mixture(teller):
    asked = chunk(6)
    found = voices(teller, asked)
    assert list(found) == [MIXTURE, "network", "pointer"]
    whole = sum(teller.log_loss(asked.contexts, asked.captions)) / asked.words.sum()
    assert found[MIXTURE]["log_loss_word"]["value"] == pytest.approx(whole)
    assert found[MIXTURE] == voices(teller, asked, np.array(teller.log_loss(asked.contexts, asked.captions)))[MIXTURE]
    for entries in (found["network"], found["pointer"]):
        for entry in entries.values():
            assert entry["low"] <= entry["value"] <= entry["high"]
            assert entry["n"] == 6


def test_a_teller_of_one_voice_has_none_in_its_scores():
    silent = SimpleNamespace(voices=lambda contexts, said: {})
    assert voices(silent, chunk(2)) == {}


def test_the_page_has_a_row_a_voice():
    column = np.array([2.0, 4.0])
    said = {"network": Voice(column, column / 4, column), "pointer": Voice(9 * column, column / 8, column / 2)}
    of = SimpleNamespace(voices=lambda contexts, said_of: said)
    asked = SimpleNamespace(contexts=[], captions=[], words=column, tokens=2 * column, stories=np.arange(2))
    (shown,) = shown_voices({"probes": {"model": {"voices": voices(of, asked, column / 2)}, "other": {}}})
    assert [row.name for row in shown.rows] == ["All together", "The network alone", "The pointer alone"]
    assert [row.nats.text for row in shown.rows] == ["0.50", "1.00", "9.00"]
    assert (shown.model, shown.windows, shown.rows[0].share) == ("", 2, None)
    assert (shown.rows[2].width, shown.rows[2].able.text) == (6.25, "25.0")
    assert shown_voices({"probes": {"model": {}}}) == []
