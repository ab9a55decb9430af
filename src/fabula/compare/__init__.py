"""Finished runs against each other, from the files of their evaluations: paired over the windows that all have told.

A comparison is two files:

    compare.json   what was compared, on which windows; of each measure values, differences, intervals, tests
    compare.html   the verdict, the table, and the windows that moved most, in one page
"""

from fabula.compare.comparison import compare

# from fabula.compare.page import write
from fabula.compare.page import write
from fabula.compare.sides import Side, read_sides

__all__ = ["Side", "compare", "read_sides", "write"]
