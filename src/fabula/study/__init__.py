"""Ablations at equal budget: arms that differ in a few settings, several seeds of each, one table with intervals.

A study is a folder:

    plan.yaml      the plan as it was read
    runs/          one run folder per data source, arm and seed, each with its evaluation
    before/        pretrainings that arms begin with; speed/ short runs that measure how fast an arm is
    floors/        the floors of each data source, scored once
    logs/          what every child process said, and what it cost
    study.json     all values; table.md the table; study.html the page
"""

from fabula.study.plan import Plan, read_plan
from fabula.study.study import run_study

__all__ = ["Plan", "read_plan", "run_study"]
