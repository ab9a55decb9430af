"""Tasks done side by side, each as a process of its own; what fails is told and takes only what needs it with it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from fabula import files
from fabula.errors import FabulaError
from fabula.journal.stopping import Asked, Stopped, stopping
from fabula.study import children
from fabula.study.layout import StudyFolder
from fabula.study.progress import Bar
from fabula.study.tasks import Task, facts_of, is_done

PAUSE = 0.05  # seconds between two looks at what runs


@dataclass
class Running:
    task: Task
    child: children.Child
    before: dict  # the facts of an earlier session that was stopped in it
    began: float = field(default_factory=time.monotonic)


def work_off(tasks: Sequence[Task], folder: StudyFolder, jobs: int, bar: Bar) -> dict[str, str]:
    """Do all that is not done yet; gives the tasks that failed, with the reason. Stopped where someone asked for it."""
    crew = Crew(folder, jobs, bar, list(tasks))
    with stopping() as asked:
        try:
            while crew.waiting or crew.running:
                crew.look(asked)
                time.sleep(PAUSE if crew.running else 0)
        finally:
            crew.leave()
    return crew.failed


@dataclass
class Crew:
    """What waits, what runs, what is done, what has failed."""

    folder: StudyFolder
    jobs: int
    bar: Bar
    waiting: list[Task]
    running: dict[str, Running] = field(default_factory=dict)
    done: set[str] = field(default_factory=set)
    failed: dict[str, str] = field(default_factory=dict)
    told: bool = False  # to stop

    def look(self, asked: Asked) -> None:
        """One look around: take in what has ended, start what may start; or stop."""
        self._take_in()
        if asked and not self.told:
            self.told = True
            for running in self.running.values():
                running.child.interrupt()
        if asked and not self.running:
            raise Stopped("stopped")
        if not asked:
            self._start()
        self.bar.show([(name, running.began) for name, running in self.running.items()])

    def leave(self) -> None:
        """Nothing is left running."""
        for running in self.running.values():
            running.child.interrupt()
        for running in self.running.values():
            running.child.end()

    def _start(self) -> None:
        for task in list(self.waiting):
            lost = next((need for need in task.needs if need in self.failed), None)
            if lost:
                self._fail(task, self.failed[lost])
            elif len(self.running) < self.jobs and self.done.issuperset(task.needs):
                self._begin(task)

    def _begin(self, task: Task) -> None:
        try:
            command = task.command()
        except FabulaError as error:
            return self._fail(task, str(error))
        if is_done(self.folder, task, command):
            return self._end(task)
        before, log = facts_of(self.folder, task.name), self.folder.log(task.name)
        log.parent.mkdir(parents=True, exist_ok=True)
        kept = before if not before.get("done") and before.get("command") == command else {}
        self._note(task, {"command": command, "recipe": task.recipe, "done": False, **_cost(kept, 0.0, None)})
        self.waiting.remove(task)
        self.running[task.name] = Running(task, children.Child(command, log), kept)
        return None

    def _take_in(self) -> None:
        for name, running in list(self.running.items()):
            code = running.child.poll()
            if code is None:
                continue
            del self.running[name]
            seconds = time.monotonic() - running.began
            facts = {**facts_of(self.folder, name), **_cost(running.before, seconds, running.child.peak)}
            good = code == 0 and running.task.product.exists()
            self._note(running.task, {**facts, "done": good})
            if good:
                self._end(running.task, seconds)
            elif not self.told:
                self._fail(running.task, children.last_line(self.folder.log(name)))

    def _end(self, task: Task, seconds: float | None = None) -> None:
        self._drop(task)
        self.done.add(task.name)
        self.bar.done(task.name, seconds)

    def _fail(self, task: Task, reason: str) -> None:
        self._drop(task)
        self.failed[task.name] = reason
        self.bar.failed(task.name, reason)

    def _drop(self, task: Task) -> None:
        if task in self.waiting:
            self.waiting.remove(task)

    def _note(self, task: Task, facts: dict) -> None:
        files.write_json(self.folder.facts(task.name), facts)


def _cost(before: dict, seconds: float, peak: float | None) -> dict[str, float | None]:
    """Seconds of all sessions together, and the most memory of any."""
    peaks = [known for known in (before.get("memory_mib"), peak) if known is not None]
    return {
        "wall_seconds": round(before.get("wall_seconds", 0.0) + seconds, 2),
        "memory_mib": round(max(peaks), 1) if peaks else None,
    }
