"""The oracle as a storyteller: the ceiling of every number that the world can be asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from copy import copy
from typing import Literal, get_args

from PIL import Image

from fabula.errors import FabulaError, pick
from fabula.story import Frame, Size
from fabula.world.dice import Dice
from fabula.world.language.grammar import Told, tell
from fabula.world.language.words import Words
from fabula.world.oracle.blend import Aim, blend
from fabula.world.oracle.canvas import Canvas
from fabula.world.oracle.draws import anyhow, context_dice, likeliest
from fabula.world.oracle.facts import Distribution, marginals
from fabula.world.oracle.hypotheses import Hypothesis, posterior
from fabula.world.oracle.outlook import Outlook, outlook
from fabula.world.oracle.turns import events
from fabula.world.questions.asking import Of, answer, asked_of
from fabula.world.scene import Scene
from fabula.world.state import Event

Context = Sequence[Frame]
Says = Literal["likely", "drawn"]
AIMS = get_args(Aim)


class Oracle:
    """Knows the laws of the built-in world, not the dice: it sums over all that may lie behind a context.

    It reads the scene records of the context's frames as what is seen, and their captions; never the next frame.

    `hard`: by the law of the hard split. `aim`: the picture of least expected absolute (mae) or squared error (mse).
    `renders`: about how many next frames a picture is made of; 0 paints nothing. `mass`: how much of the probability
    of all events and shots they stand for. `size`: of the pictures; None: that of the context's last. `says`: tell the
    likeliest event, or draw one by the odds; the words are drawn in either case.
    Cost of a window on one core: 10 ms for a caption's likelihood, 20 ms for all answers, 2 ms a render.
    """

    kind = "oracle"
    writes = True

    def __init__(
        self,
        *,
        hard: bool = False,
        aim: Aim = "mae",
        renders: int = 64,
        mass: float = 0.99,
        size: Size | None = None,
        says: Says = "likely",
    ):
        pick(aim, AIMS, "the oracle's aim")
        pick(says, get_args(Says), "what the oracle says")
        if renders < 0 or not 0 < mass <= 1:
            raise FabulaError(f"the oracle: renders {renders}, mass {mass}; give 0 or more, and a share in (0, 1]")
        self.hard, self.aim, self.renders, self.mass, self.says = hard, aim, renders, mass, says
        self.size, self.paints = size, renders > 0
        self.canvas = Canvas(renders, mass)

    def aiming(self, aim: Aim) -> Oracle:
        """The same oracle with another aim; what both are asked about is painted once."""
        other = copy(self)
        other.aim = pick(aim, AIMS, "the oracle's aim")
        return other

    def tell(self, contexts: Sequence[Context], *, seed: int = 0) -> list[Frame]:
        """The next frame of every context. What is drawn follows from its captions and the seed."""
        return [self._tell(context, seed) for context in contexts]

    def log_loss(self, contexts: Sequence[Context], captions: Sequence[str]) -> list[float]:
        """Total nats of each whole caption, its end included, exactly; infinite where no next frame can be told so."""
        return [self._outlook(context).nats(text) for context, text in zip(contexts, captions, strict=True)]

    def posterior(self, context: Context) -> list[Hypothesis]:
        """What may lie behind the context, likeliest first; sums to 1."""
        return posterior(context, hard=self.hard)

    def predict(self, context: Context) -> dict[Event, float]:
        """How likely each next event is, likeliest first; sums to 1."""
        return events(self._outlook(context).ways)

    def answers(self, context: Context, of: Of = "caption") -> dict[str, Distribution]:
        """To each world question that can be asked of captions (or pictures), every answer with its probability."""
        questions = {question: _asking(question, of) for question in asked_of(of)}
        return self.marginals(context, questions)

    def marginal(self, context: Context, question: Callable[[Scene], str]) -> Distribution:
        """Every answer to one question about the next scene's facts (see `facts.next_scenes`), with its probability."""
        return self.marginals(context, {"": question})[""]

    def marginals(self, context: Context, questions: Mapping[str, Callable[[Scene], str]]) -> dict[str, Distribution]:
        """The same for several questions at once."""
        return marginals(self._outlook(context), questions)

    def _outlook(self, context: Context) -> Outlook:
        return outlook(context, hard=self.hard)

    def _tell(self, context: Context, seed: int) -> Frame:
        outlook, dice = self._outlook(context), context_dice(context, seed)
        told = self._say(outlook, dice)
        return Frame(self._paint(context, outlook, dice), told.text, mentions=told.mentions)

    def _say(self, outlook: Outlook, dice: Dice) -> Told:
        scene = likeliest(outlook, dice) if self.says == "likely" else anyhow(outlook, dice)
        return tell(Words(scene), dice, "caption")

    def _paint(self, context: Context, outlook: Outlook, dice: Dice) -> Image.Image | None:
        if not self.paints:
            return None
        return blend(*self.canvas.paint(outlook, dice, self.size or _size(context)), self.aim)


def _asking(question: str, of: Of) -> Callable[[Scene], str]:
    return lambda scene: answer(scene, question, of)


def _size(context: Context) -> Size:
    picture = context[-1].picture
    if picture is None:
        raise FabulaError("the oracle: the context has no picture to take the size from; give `size`, or `renders=0`")
    return Size(picture.height, picture.width)
