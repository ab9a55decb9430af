"""The figures about data that stay with a run are those of the stories it was given."""

from PIL import Image

from fabula import files
from fabula.data.corpus import open_corpus
from fabula.journal.data import data_facts
from fabula.recipe import Data
from fabula.story import Size


def test_stories_frames_windows_and_licences_are_counted(tmp_path):
    lengths = {"train": (4, 5, 2), "validation": (3,), "test": (4,)}
    for place, (split, counts) in enumerate(lengths.items()):
        for story, count in enumerate(counts):
            folder = tmp_path / split / f"{split}-{story}"
            folder.mkdir(parents=True)
            for number in range(count):
                colour = (80 * place, 40 * number, 90 + 50 * story)
                Image.new("RGB", (20, 10 + number), colour).save(folder / f"{number}.png")
            frames = [
                {"picture": f"{n}.png", "caption": f"{split} {story} {n} " + "and " * 40 * n} for n in range(count)
            ]
            files.write_json(folder / "story.json", {"id": folder.name, "license": "CC BY 4.0", "frames": frames})
    data = Data(f"folder:{tmp_path}", context=2, picture_size=Size(8, 8), caption_length=30, vocabulary=300)
    facts = data_facts(open_corpus(data))
    train = facts["train"]
    assert (train["stories"], train["frames"], train["windows"], train["stories too short"]) == (3, 11, 5, 1)
    assert train["licences"] == "CC BY 4.0 (3)"
    assert facts["validation"]["windows"] == 1
    assert train["captions cut"] != "0.0%"
