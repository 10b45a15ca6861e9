"""
The one tree of expected errors.

    LiaodanError
    ├── UserError        a person asked for something that cannot be done; `cards/errors.py` says it in Chinese
    ├── PlatformError    a chat platform refused or failed a call; the outbox decides whether to try again
    │   ├── NotSetUpFor  the account was set up without what the call needs, which may be meant so
    │   └── LineDown     the call goes over the long connection, which is not up
    └── SettingsError    the configuration is wrong; every fault is listed in one run

Anything else is a bug and is caught only at the three boundaries `bot/dispatch.py`, `bot/delivery.py`
and `scheduler/runner.py`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence


class LiaodanError(Exception):
    """
    Base of all errors this product raises on purpose.
    """


class UserError(LiaodanError):
    """
    A refusal meant for a person: `code` selects the sentence, `values` fill its placeholders.
    """

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(f"{code} {values}" if values else code)
        self.code = code
        self.values: Mapping[str, object] = values


class PlatformError(LiaodanError):
    """
    A chat platform's answer that is not success.

    `permanent` means that sending the same bytes again cannot help; `unknown_outcome` that the platform may have
    accepted the call although its answer was not read. `retry_after` is in seconds, None when the platform gave none.
    `tried` False: our own governor held the call back, nothing was sent. `about_account`: the whole account is
    concerned, so an administrator has to know.
    """

    def __init__(
        self,
        code: str,
        message: str = "",
        *,
        permanent: bool = False,
        retry_after: float | None = None,
        unknown_outcome: bool = False,
        tried: bool = True,
        about_account: bool = False,
    ) -> None:
        super().__init__(f"{code}: {message}" if message else code)
        self.code = code
        self.permanent = permanent
        self.retry_after = retry_after
        self.unknown_outcome = unknown_outcome
        self.tried = tried
        self.about_account = about_account


class NotSetUpFor(PlatformError):  # noqa: N818 - names a choice of the operator, not a fault
    """
    The account was set up without what this call needs; nothing was sent.
    """


class LineDown(PlatformError):  # noqa: N818 - names a state, not a fault
    """
    The call goes over the long connection, which is not up in this process; nothing was sent.
    """


class SettingsError(LiaodanError):
    """
    One or more faults in the configuration; each line names the key, its environment variable and where to find it.
    """

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = tuple(faults)
