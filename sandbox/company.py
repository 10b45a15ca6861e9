"""
The demo company as the chat platforms know it: departments, people, groups and the bot, read from demo/company.yaml.

Read-only values; who has left meanwhile is the world's business.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

PLATFORM_IDS = ("feishu", "wecom", "dingtalk")
# The file holds the whole company with its customers: the pure Python loader needs seconds for it.
SAFE_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Department:
    key: str
    name: str
    parent: str | None


@dataclass(frozen=True, kw_only=True)
class Person:
    key: str
    name: str
    title: str
    department: str | None
    manager: str | None
    leads: str | None
    roles: tuple[str, ...]
    outsider: bool
    ids: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Group:
    key: str
    name: str
    members: tuple[str, ...]
    ids: Mapping[str, str]


@dataclass(frozen=True)
class Company:
    name: str
    bot_name: str
    bot_ids: Mapping[str, str]
    departments: tuple[Department, ...]
    people: tuple[Person, ...]
    groups: tuple[Group, ...]
    examples: tuple[Mapping[str, str | None], ...]


def read_company(path: Path) -> Company:
    raw = yaml.load(path.read_text(encoding="utf-8"), Loader=SAFE_LOADER)  # noqa: S506  # both loaders are safe
    return Company(
        name=raw["name"],
        bot_name=raw["bot"]["name"],
        bot_ids=_platform_ids(raw["bot"]),
        departments=tuple(Department(d["key"], d["name"], d.get("parent")) for d in raw["departments"]),
        people=tuple(_person(entry) for entry in raw["people"]),
        groups=tuple(_group(entry) for entry in raw["groups"]),
        examples=tuple(_example(entry) for entry in raw.get("examples", ())),
    )


def _platform_ids(entry: Mapping[str, Any]) -> dict[str, str]:
    return {platform: str(entry[platform]) for platform in PLATFORM_IDS if platform in entry}


def _person(entry: Mapping[str, Any]) -> Person:
    return Person(
        key=entry["key"],
        name=entry["name"],
        title=entry.get("title", ""),
        department=entry.get("department"),
        manager=entry.get("manager"),
        leads=entry.get("leads"),
        roles=tuple(entry.get("roles", ())),
        outsider=bool(entry.get("outsider", False)),
        ids=_platform_ids(entry),
    )


def _group(entry: Mapping[str, Any]) -> Group:
    # what stands before the id says by which of WeCom's ways the product reaches the group; WeCom itself knows only ids
    ids = {platform: name.rpartition(":")[2] for platform, name in _platform_ids(entry).items()}
    return Group(key=entry["key"], name=entry["name"], members=tuple(entry["members"]), ids=ids)


def _example(entry: Mapping[str, Any]) -> dict[str, str | None]:
    return {
        "platform": entry.get("platform"),
        "user": entry["user"],
        "chat": entry.get("chat", "p2p"),
        "text": entry["text"],
        "hint": entry.get("hint", ""),
    }
