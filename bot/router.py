"""
Which handler answers what: commands by their word, clicks by their action, dialogues by topic, the rest by its kind.

Routes are declared beside their handlers (`ROUTES` in each `handlers/<topic>.py`) and handed in by `app.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bot.events import ActionClicked, AttachmentKind, Event, MessageReceived
from bot.reply import Reply

if TYPE_CHECKING:
    from bot.context import Context
    from cards.action import Action

CommandHandler = Callable[["Context", MessageReceived, str], Reply]
DialogueHandler = Callable[["Context", MessageReceived], Reply]
ClickHandler = Callable[["Context", ActionClicked, Any], Reply]
EventHandler = Callable[["Context", Any], Reply]
QuoteHandler = Callable[["Context", MessageReceived, int], Reply]


@dataclass(frozen=True)
class Command:
    """
    A text command. `reads` needs no write lock; `private` answers go to the direct chat even when asked in a group.

    `shared` ones are answered there too, cut to what everybody in the group may see. `usage` is one example for help.
    `on_card`: does by text what a button does and is named on the card that has it. `decides`: it settles something
    for others, so that the text must be proved to come from its writer.
    """

    key: str
    handler: CommandHandler
    usage: str
    reads: bool = False
    private: bool = True
    shared: bool = False
    on_card: bool = False
    decides: bool = False


@dataclass(frozen=True)
class Click:
    """
    What pressing a button of one action does.
    """

    action: type[Action]
    handler: ClickHandler
    reads: bool = False


@dataclass(frozen=True)
class Talk:
    """
    Who answers the next text of an open dialogue; `decides` when that text settles something for others.
    """

    topic: str
    handler: DialogueHandler
    decides: bool = False


@dataclass(frozen=True)
class Attached:
    """
    Who takes a message whose first attachment is of this kind, where no text says what to do.
    """

    kind: AttachmentKind
    handler: DialogueHandler


@dataclass(frozen=True)
class Happening:
    """
    Who answers an event that is neither a message nor a click.
    """

    event: type[Event]
    handler: EventHandler


@dataclass(frozen=True)
class Quoted:
    """
    Who takes a text that quotes a card about one customer, unless a word in it says something else.
    """

    handler: QuoteHandler


Route = Command | Click | Talk | Attached | Happening | Quoted


@dataclass(frozen=True)
class Router:
    """
    The routes by what selects them.
    """

    commands: dict[str, Command] = field(default_factory=dict)
    clicks: dict[str, Click] = field(default_factory=dict)
    talks: dict[str, Talk] = field(default_factory=dict)
    attached: dict[str, Attached] = field(default_factory=dict)
    happenings: dict[str, Happening] = field(default_factory=dict)
    quotes: dict[str, Quoted] = field(default_factory=dict)

    @staticmethod
    def of(routes: Iterable[Route]) -> Router:
        """
        A router over these routes.

        Raises:
            ValueError: two routes answer the same thing.
        """
        router = Router()
        for route in routes:
            match route:
                case Command(key=key):
                    _put(router.commands, "command", key, route)
                case Click(action=action):
                    _put(router.clicks, "action", action.NAME, route)
                case Talk(topic=topic):
                    _put(router.talks, "dialogue", topic, route)
                case Attached(kind=kind):
                    _put(router.attached, "attachment", kind, route)
                case Quoted():
                    _put(router.quotes, "quote", "customer", route)
                case Happening(event=happened):
                    _put(router.happenings, "event", happened.__name__, route)
        return router


def _put(table: dict[str, Any], kind: str, key: str, route: Any) -> None:
    if key in table:
        first, second = table[key].handler, route.handler
        msg = f"router: {kind} {key!r} is declared twice: {_place(first)}, {_place(second)}"
        raise ValueError(msg)
    table[key] = route


def _place(handler: Callable[..., object]) -> str:
    code = getattr(handler, "__code__", None)
    return f"{code.co_filename}:{code.co_firstlineno}" if code else repr(handler)
