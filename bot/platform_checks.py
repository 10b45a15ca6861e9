"""
Tries a platform account out, one short step after the other, each ending in one finding. Knows no platform by name.

Used by `liaodan connect`, `liaodan doctor --platform` and the set-up page alike. What the findings are called and what
to do about them is in `cards/connect.py`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from bot.arrivals import Arrivals
from bot.connections import ConnectionState
from bot.ports import Adapter, DirectoryPerson, Outbound, Recipient
from cards import connect as words
from domain.errors import LineDown, NotSetUpFor, PlatformError

Step = Literal["token", "inbound", "directory", "send", "card"]
State = Literal["good", "failed", "left_out"]

STEPS: Final[tuple[Step, ...]] = ("token", "inbound", "directory", "send", "card")
NEED_SERVING: Final = frozenset({"inbound", "card"})
CONNECT_SECONDS: Final = 30.0
CALLBACK_SECONDS: Final = 180.0
CLICK_SECONDS: Final = 120.0
LOOK_EVERY: Final = 0.25


@dataclass(frozen=True)
class Inbound:
    """
    What is known about what comes from the platform. `is_up` None: nothing yet; `trouble` is a code, empty for none.

    `proof` is the code of what shows that it is up, where that is not seen here.
    """

    is_up: bool | None = None
    trouble: str = ""
    values: Mapping[str, object] = field(default_factory=dict)
    proof: str = ""


@dataclass(frozen=True)
class Patience:
    """
    How many seconds each step may wait for the platform or for a person.
    """

    connect: float = CONNECT_SECONDS
    callback: float = CALLBACK_SECONDS
    click: float = CLICK_SECONDS


@dataclass(frozen=True)
class Finding:
    """
    How a step ended: `code` says why, or what exactly is good; `values` fill the sentence.
    """

    step: Step
    state: State
    code: str
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass
class Trial:
    """
    An account on trial. `me` is who gets the messages: a name in the directory, or the platform's id of a person.

    `inbound` and `was_pressed` say what has arrived, `ref` is unique to this trial, `waiting` is told which step now
    waits for a person. The people read by one step are known to the next. `is_served` False: no running process knows
    this account yet, so nothing can come in. `is_beside`: another process serves it, with the long connection.
    """

    adapter: Adapter
    inbound: Callable[[], Inbound]
    was_pressed: Callable[[str], bool]
    ref: str
    me: str = ""
    patience: Patience = field(default_factory=Patience)
    waiting: Callable[[Step], None] = lambda _step: None
    pause: Callable[[float], None] = time.sleep
    is_served: bool = True
    is_beside: bool = False
    people: Sequence[DirectoryPerson] = ()

    def wait(self, look: Callable[[], bool], seconds: float) -> bool:
        """
        Whether `look` became true in time.
        """
        until = time.monotonic() + seconds
        while not look():
            if time.monotonic() >= until:
                return False
            self.pause(LOOK_EVERY)
        return True


def seen_here(
    adapter: Adapter, connections: Callable[[], Sequence[ConnectionState]], arrivals: Arrivals
) -> Callable[[], Inbound]:
    """
    What this process itself sees of an account: its long connection, or what came to its address.
    """

    def connection() -> Inbound:
        places = {(state.platform, state.account): state for state in connections()}
        state = places.get((adapter.platform, adapter.account))
        if state is None or state.is_up:
            return Inbound(is_up=True if state else None)
        return Inbound(trouble=state.trouble.partition(":")[0])

    def callback() -> Inbound:
        if arrivals.good(adapter.platform, adapter.account):
            return Inbound(is_up=True)
        refused = arrivals.refused(adapter.platform, adapter.account)
        return Inbound(trouble=f"refused_{refused.reason}" if refused else "")

    return connection if adapter.connection is not None else callback


def examine(trial: Trial) -> Iterator[Finding]:
    """
    Every step in turn; without accepted credentials the rest has no chance and is left out.
    """
    for step in STEPS:
        if step in NEED_SERVING and not trial.is_served:
            yield Finding(step, "left_out", "restart", {"place": f"{trial.adapter.platform}/{trial.adapter.account}"})
            continue
        finding = _CHECKS[step](trial)
        yield finding
        if step == "token" and finding.state == "failed":
            yield from (Finding(later, "left_out", "no_token") for later in STEPS[1:])
            return


def _token(trial: Trial) -> Finding:
    try:
        trial.adapter.authenticate()
    except NotSetUpFor:
        return Finding("token", "left_out", "bot_needs_none")
    except PlatformError as error:
        return _failed("token", error)
    return Finding("token", "good", "token")


def _inbound(trial: Trial) -> Finding:
    """
    The long connection is up, or the platform has reached our address.
    """
    is_ours = trial.adapter.connection is not None
    seconds = trial.patience.connect if is_ours else trial.patience.callback
    if not is_ours and not trial.is_beside:
        trial.waiting("inbound")
    trial.wait(lambda: trial.inbound().is_up is not None, seconds)
    found = trial.inbound()
    if found.is_up:
        return Finding("inbound", "good", found.proof or ("connected" if is_ours else "reached"))
    silence = "not_connected" if is_ours else "not_reached"
    return Finding("inbound", "failed", found.trouble or silence, found.values)


def _directory(trial: Trial) -> Finding:
    try:
        departments = sum(1 for _ in trial.adapter.departments())
        trial.people = tuple({person.user_id: person for person in trial.adapter.people()}.values())
    except NotSetUpFor:
        return Finding("directory", "left_out", "bot_reads_none")
    except PlatformError as error:
        return _failed("directory", error)
    if not trial.people:
        return Finding("directory", "failed", "nobody_visible")
    return Finding("directory", "good", "directory", {"people": len(trial.people), "departments": departments})


def _send(trial: Trial) -> Finding:
    receiver = _receiver(trial)
    if isinstance(receiver, Finding):
        return receiver
    message = Outbound(f"{trial.ref}-text", receiver, None, words.hello())
    try:
        trial.adapter.send(message, trial.adapter.render(message))
    except PlatformError as error:
        if isinstance(error, LineDown) and (trial.is_beside or not trial.is_served):
            return Finding("send", "left_out", "bot_sends_there")
        return _failed("send", error)
    return Finding("send", "good", "sent")


def _receiver(trial: Trial) -> Recipient | Finding:
    """
    The person meant: a name has to be one person's; what is no name in the directory is taken for an id.
    """
    if not trial.me:
        return Finding("send", "left_out", "no_receiver")
    named = [person.user_id for person in trial.people if person.name == trial.me and person.is_active]
    if len(named) > 1:
        return Finding("send", "failed", "namesakes", {"name": trial.me, "ids": ", ".join(named)})
    known = {person.user_id for person in trial.people}
    if not named and trial.people and trial.me not in known:
        return Finding("send", "failed", "unknown_receiver", {"name": trial.me})
    return Recipient("person", named[0] if named else trial.me)


def _card(trial: Trial) -> Finding:
    """
    A card goes out, and the click on its button comes back.
    """
    receiver = _receiver(trial)
    if isinstance(receiver, Finding):
        return Finding("card", "left_out", receiver.code if receiver.state == "left_out" else "not_sent")
    if not trial.adapter.capabilities.buttons:
        return Finding("card", "left_out", "no_template")
    message = Outbound(f"{trial.ref}-card", receiver, words.try_card(trial.ref), "")
    try:
        trial.adapter.send(message, trial.adapter.render(message))
    except PlatformError as error:
        if isinstance(error, LineDown) and (trial.is_beside or not trial.is_served):
            return Finding("card", "left_out", "bot_sends_there")
        return _failed("card", error)
    trial.waiting("card")
    if trial.wait(lambda: trial.was_pressed(trial.ref), trial.patience.click):
        return Finding("card", "good", "clicked")
    return Finding("card", "failed", "not_clicked")


def _failed(step: Step, error: PlatformError) -> Finding:
    return Finding(step, "failed", error.code)


_CHECKS: Final[Mapping[Step, Callable[[Trial], Finding]]] = {
    "token": _token,
    "inbound": _inbound,
    "directory": _directory,
    "send": _send,
    "card": _card,
}
