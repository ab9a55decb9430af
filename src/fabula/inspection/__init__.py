"""What a data set holds: facts, a table of them, and a page that shows its stories."""

from fabula.inspection.inspect import Wish, inspect_source

__all__ = ["Wish", "inspect_source"]
