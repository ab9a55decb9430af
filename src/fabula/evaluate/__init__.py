"""Any storyteller on a whole split: scores with intervals, one row a window, and what they mean in words.

An evaluation is a folder, whole or not there:

    scores.json      data, split, windows, protocol, tellers with their metrics, truth, probes, verdict
    windows.parquet  one row per window and teller: ids, true and told caption, scores of that window
    costs.json       seconds of every part
    boards.json      best, median and worst windows: context, truth and what every teller told, with pictures in boards/
    pictures/        told pictures, where they were asked for: TELLER/000012.png by the number of the window
    audit.json       what leaks and what is at fault in the data, where the command was asked for all parts
    report.html      the page
"""

from fabula.evaluate.evaluation import evaluate
from fabula.evaluate.opening import Opened, open_floors, open_run

__all__ = ["Opened", "evaluate", "open_floors", "open_run"]
