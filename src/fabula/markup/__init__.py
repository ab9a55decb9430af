"""The grammar of StoryReasoning: markup and tables to frames, and frames to markup and tables.

`parse` never fails: what it cannot use it drops or mends, and says so in words (`Parsed.repairs`).
`print_story` writes what `parse` reads: parse, print, parse gives the same frames and phases.
"""

from fabula.markup.parsing import Parsed, parse
from fabula.markup.printing import print_story
from fabula.markup.repairs import Repairs, count_repairs, kind_of
from fabula.markup.text import clean, squeeze

__all__ = ["Parsed", "Repairs", "clean", "count_repairs", "kind_of", "parse", "print_story", "squeeze"]
