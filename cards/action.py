"""
What every typed action is: a name and arguments. Which actions there are is in `cards/actions.py`.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import ClassVar, Self

from cards.model import CardAction


@dataclass(frozen=True)
class Action:
    """
    Base of all actions; the fields of a subclass are its arguments, all `int` or `str`.
    """

    NAME: ClassVar[str]

    def card_action(self) -> CardAction:
        """
        The action as a neutral card carries it.
        """
        return CardAction(self.NAME, {f.name: getattr(self, f.name) for f in dataclasses.fields(self)})

    @classmethod
    def read(cls, action: CardAction) -> Self | None:
        """
        The typed action, None when the arguments are not those of this version.
        """
        expected = {f.name: {"int": int, "str": str}[str(f.type)] for f in dataclasses.fields(cls)}
        if expected.keys() != action.args.keys():
            return None
        if not all(isinstance(action.args[name], kind) for name, kind in expected.items()):
            return None
        return cls(**action.args)
