"""Reports read the files of finished runs, never models: `write(folders, out)` gives one self-contained HTML page."""

from fabula.report.page import write

__all__ = ["write"]
