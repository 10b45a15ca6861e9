"""
Reads the settings of platform accounts, says what is wrong and where to look, and builds their adapters.

Where the settings come from is the caller's business: a file, the environment, or somebody who types them in.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, get_args, get_origin, get_type_hints

from adapters.http import Transport
from adapters.registry import PLATFORMS
from bot.ports import Adapter, Seal, SharedState
from domain.errors import SettingsError

Given = Mapping[str, str]
"""The settings of one account as somebody wrote them, by name."""


@dataclass(frozen=True)
class Fault:
    """
    One setting that cannot be used: `why` is `missing`, `unknown`, `number` or `invalid`.
    """

    platform: str
    account: str
    name: str
    why: str

    @property
    def console(self) -> str:
        """
        The page of the vendor's console that shows it, empty for a setting nobody knows.
        """
        field = settings_of(self.platform).get(self.name)
        return field.console if field else ""

    def __str__(self) -> str:
        variable = variable_of(self.platform, self.account, self.name)
        what = _FAULTS[self.why]
        hint = f"; find it at: {self.console}" if self.console else ""
        return f"{self.platform}.{self.account}.{self.name} (environment {variable}) {what}{hint}"


_FAULTS = {
    "missing": "is missing",
    "unknown": "is no setting",
    "number": "is not a number",
    "invalid": "is not valid",
}


@dataclass(frozen=True)
class Setting:
    """
    One setting of an account, as far as somebody who fills it in has to know it.

    `asked`: worth a question although it may stay as it is.
    """

    name: str
    console: str
    default: str
    is_required: bool
    is_secret: bool
    is_number: bool
    asked: bool
    choices: tuple[str, ...]

    @property
    def is_address(self) -> bool:
        """
        Whether it says where the vendor or this product is: nothing that anybody copies from a console.
        """
        return self.name.endswith(("_base", "_url"))


def settings_of(platform: str) -> dict[str, Setting]:
    """
    The settings of a platform's accounts by name, in the order of their class.
    """
    config = PLATFORMS[platform].config
    hints = get_type_hints(config)
    return {field.name: _setting(field, hints[field.name]) for field in dataclasses.fields(config) if _is_own(field)}


def usual_settings(platform: str) -> frozenset[str]:
    """
    The names of those to ask everybody for: without them an account in its usual mode is wrong.
    """
    known = settings_of(platform)
    bare = {name: "0" for name, each in known.items() if each.is_required}
    config = PLATFORMS[platform].config(account="usual", **_typed(known, bare))
    return frozenset([*bare, *config.faults(), *(name for name, each in known.items() if each.asked)])


def read(platform: str, account: str, given: Given, *, public_url: str) -> tuple[Any, list[Fault]]:
    """
    The configuration value, or None and every fault at once. An account's start page is ours unless it says otherwise.
    """
    known = settings_of(platform)
    values = {"start_url": public_url, **given} if "start_url" in known else dict(given)
    missing = [name for name, each in known.items() if each.is_required and not values.get(name)]
    unreadable = [
        *_faults(platform, account, "unknown", (name for name in values if name not in known)),
        *_faults(
            platform, account, "number", (n for n, each in known.items() if each.is_number and _is_wordy(values, n))
        ),
    ]
    faults = [*_faults(platform, account, "missing", missing), *unreadable]
    if not unreadable:
        whole = {**values, **dict.fromkeys(missing, "0")}
        config = PLATFORMS[platform].config(account=account, **_typed(known, whole))
        faults += _faults(platform, account, "invalid", (name for name in config.faults() if name not in missing))
        if not faults:
            return config, []
    return None, faults


def read_all(given: Mapping[str, Mapping[str, Given]], *, public_url: str) -> list[tuple[str, Any]]:
    """
    The platform and configuration value of every account, given by platform and name.

    Raises:
        SettingsError: accounts are configured wrongly; every fault of every account at once.
    """
    configs: list[tuple[str, Any]] = []
    faults: list[str] = []
    for platform in PLATFORMS:
        for account, values in given.get(platform, {}).items():
            config, wrong = read(platform, account, values, public_url=public_url)
            faults += map(str, wrong)
            configs.append((platform, config))
    if faults:
        raise SettingsError(faults)
    return configs


def with_addresses_of(others: Iterable[Given], platform: str, given: Given) -> dict[str, str]:
    """
    The settings of a new account with the addresses of the first of the others.

    A company whose vendor is elsewhere has said so before.
    """
    elsewhere = next(iter(others), {})
    named = (name for name, each in settings_of(platform).items() if each.is_address)
    return {**{name: elsewhere[name] for name in named if name in elsewhere}, **given}


def build(
    configs: Sequence[tuple[str, Any]], *, shared: SharedState, seal: Seal, clock: Callable[[], datetime]
) -> dict[tuple[str, str], Adapter]:
    """
    The adapters of these accounts by platform and name; they share one way out, which leads to their addresses only.
    """
    http = Transport([origin for _, config in configs for origin in _origins_of(config)])
    return {
        (platform, config.account): PLATFORMS[platform].adapter(
            config, http=http, shared=shared, seal=seal, clock=clock
        )
        for platform, config in configs
    }


def variable_of(platform: str, account: str, name: str) -> str:
    """
    The environment variable of a setting.
    """
    return f"LIAODAN_{platform.upper()}__{account}__{name.upper()}"


def _origins_of(config: Any) -> tuple[str, ...]:
    origins: tuple[str, ...] = getattr(config, "origins", (config.api_base,))
    return origins


def _is_own(field: dataclasses.Field[Any]) -> bool:
    return field.name != "account"


def _setting(field: dataclasses.Field[Any], hint: object) -> Setting:
    no_default = dataclasses.MISSING
    is_required = field.default is no_default and field.default_factory is no_default
    return Setting(
        name=field.name,
        console=field.metadata.get("console", ""),
        default="" if is_required else str(field.default),
        is_required=is_required,
        is_secret=not field.repr,
        is_number=field.type == "int",
        asked=field.metadata.get("asked", False),
        choices=get_args(hint) if get_origin(hint) is Literal else (),
    )


def _faults(platform: str, account: str, why: str, names: Iterable[str]) -> list[Fault]:
    return [Fault(platform, account, name, why) for name in names]


def _is_wordy(values: Mapping[str, str], name: str) -> bool:
    text = values.get(name, "")
    return bool(text) and not (text.isascii() and text.isdigit())


def _typed(known: Mapping[str, Setting], values: Mapping[str, str]) -> dict[str, Any]:
    given = {name: value for name, value in values.items() if value or not known[name].is_number}
    return {name: int(value) if known[name].is_number else value for name, value in given.items()}
