"""The reason of a frame: one short sentence that says why its event happened, as far as the story has been told.

What the plot brings about has a cause: `Mila looked for the kite because she could not do without the kite.` What
happens beside the plot has none; there the sentence says what somebody wants all the same: `Mila stumbled, but she
still wanted to find the kite.` It follows from the scene alone, so it can know nothing of later frames.
"""

from __future__ import annotations

from collections.abc import Mapping

from fabula.world.language.aims import AIMS, SAID, SPEAKS
from fabula.world.language.names import named, pronoun, tag
from fabula.world.language.words import Words
from fabula.world.scene import Actor

IDS = {"hero": "char1", "friend": "char2", "third": "char3"}


class Reasons(Words):
    """The grammar of one scene's reason: begin with the slot `sentence`."""

    def slot_sentence(self) -> Mapping[str, int]:
        return {"^{said} because {why}.": 1} if self.scene.why else {"^{said}, but {wanter} still wanted to {aim}.": 1}

    def slot_said(self) -> Mapping[str, int]:
        return {SAID[self._phrases()]: 1}

    def slot_why(self) -> Mapping[str, int]:
        """The plot's reasons; where they are the words that are spoken, why these are spoken."""
        if self.scene.event.kind != "talk":
            return super().slot_why()
        return dict.fromkeys(SPEAKS[self._plot, self._stage], 1)

    def slot_b(self) -> Mapping[str, int]:
        """The other; where nobody else takes part, the actor again, who has just been named."""
        return super().slot_b() if self.other else self.slot_he()

    def slot_wanter(self) -> Mapping[str, int]:
        """A pronoun where the one who wants is the only one spoken of, else a name."""
        wanter = self._who(self._aim[0])
        alone = "{a}" in SAID[self._phrases()] and "{b}" not in SAID[self._phrases()]
        return {pronoun(wanter, 0) if alone and wanter is self.actor else named(wanter): 1}

    def slot_aim(self) -> Mapping[str, int]:
        return {self._aim[1]: 1}

    def slot_hero(self) -> Mapping[str, int]:
        return {named(self._who("hero")): 1}

    def slot_friend(self) -> Mapping[str, int]:
        return {named(self._who("friend")): 1}

    def slot_third(self) -> Mapping[str, int]:
        return {named(self._who("third")): 1}

    def slot_q(self) -> Mapping[str, int]:
        thing = self.scene.item("obj2")
        assert thing
        return {tag("gdo", thing.id, f"the {thing.kind}"): 1}

    @property
    def _aim(self) -> tuple[str, str]:
        """Who wants what, at this stage of the plot."""
        who, _, what = AIMS[self._plot][self._stage - 1].partition(" ")
        return who, what

    @property
    def _plot(self) -> str:
        return str(self.scene.hidden["plot"])

    @property
    def _stage(self) -> int:
        """How many of the plot's steps have been told, this frame's too."""
        return int(self.scene.hidden["stage"])

    def _who(self, role: str) -> Actor:
        actor = self.scene.actor(IDS[role])
        assert actor, (self.scene, role)
        return actor
