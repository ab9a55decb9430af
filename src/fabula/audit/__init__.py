"""Is a data set clean? What leaks from one split into another, what is at fault, and where it stands."""

from fabula.audit.audit import Wish, audit_source
from fabula.audit.stores import audit_evaluated, audit_stores, warning

__all__ = ["Wish", "audit_evaluated", "audit_source", "audit_stores", "warning"]
