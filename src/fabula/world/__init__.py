"""The built-in story world: endless illustrated stories whose laws are known.

`version` changes whenever a law, a phrase or a picture changes: what came from an older world is told apart.
"""

from fabula.world.setup import SPLITS
from fabula.world.story import make_story, split_stories

version = "2"

__all__ = ["SPLITS", "make_story", "split_stories", "version"]
