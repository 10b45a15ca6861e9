"""
Comparing what a platform's directory (通讯录) shows now with what it showed before and with the members we know.

The outcome is a plan: who joined, who came back, who left, and who is only said to have left by signs that a person has
to judge. Carrying it out is in `handlers/people.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction

BLAST_SHARE = Fraction(5, 100)
BLAST_PEOPLE = 3
NOBODY: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Department:
    """
    A department as the platform names it: `parent_id` is empty directly under the company, `leader_id` a person's id.
    """

    id: str
    name: str
    parent_id: str
    leader_id: str | None


@dataclass(frozen=True)
class Person:
    """
    A person of the company, main department first. None means that the app may not see it; inactive: left or frozen.
    """

    user_id: str
    name: str | None
    department_ids: tuple[str, ...]
    manager_id: str | None
    job_title: str | None
    mobile: str | None
    email: str | None
    is_active: bool


@dataclass(frozen=True)
class Reading:
    """
    Everything one account's directory showed at one time, each department and person once.
    """

    departments: tuple[Department, ...]
    people: tuple[Person, ...]

    @classmethod
    def of(cls, departments: Iterable[Department], people: Iterable[Person]) -> Reading:
        """
        A reading of what came page by page: somebody in two departments comes with each, and counts once.
        """
        by_department = {department.id: department for department in departments}
        by_person: dict[str, Person] = {}
        for person in people:
            by_person.setdefault(person.user_id, person)
        return cls(tuple(by_department.values()), tuple(by_person.values()))


@dataclass(frozen=True, kw_only=True)
class SeenBefore:
    """
    A person as the account's last reading left them.

    `is_missing`: they were not there then. `said_left`: the platform has sent word of their leaving since.
    """

    department_ids: tuple[str, ...] = ()
    is_missing: bool = False
    said_left: bool = False


@dataclass(frozen=True, kw_only=True)
class Roster:
    """
    Whom we know of one account, by the platform's ids of people.

    `members` and `leavers` are our member ids. `shown_elsewhere` are people whom another account or platform shows as
    active. `kept`: people an administrator called present although the directory did not, and who were not shown since.
    `is_first`: the account's directory was never read before.
    """

    seen: Mapping[str, SeenBefore]
    members: Mapping[str, int]
    leavers: Mapping[str, int] = field(default_factory=dict)
    shown_elsewhere: frozenset[str] = NOBODY
    kept: frozenset[str] = NOBODY
    is_first: bool = False


class Sign(StrEnum):
    """
    Why somebody seems to have left.

    The directory calls them inactive, the platform said so, they are missing twice in a row, their department is out
    of sight, or everybody of their department is missing.
    """

    INACTIVE = "inactive"
    SAID = "said"
    MISSING = "missing"
    OUT_OF_SIGHT = "out_of_sight"
    EMPTIED = "emptied"


@dataclass(frozen=True, kw_only=True)
class Gone:
    """
    A member who seems to have left, by which sign.
    """

    user_id: str
    member_id: int
    sign: Sign


@dataclass(frozen=True, kw_only=True)
class Plan:
    """
    What the reading means.

    `joined`: active people without a member. `returned`: leavers who are back. `present`: members to keep in step.
    `look_again`: missing for the first time. `left`: gone for sure. `doubtful`: an administrator decides. `moved_away`:
    gone here, but shown elsewhere.
    """

    joined: tuple[Person, ...] = ()
    returned: tuple[tuple[int, Person], ...] = ()
    present: tuple[tuple[int, Person], ...] = ()
    look_again: tuple[str, ...] = ()
    left: tuple[Gone, ...] = ()
    doubtful: tuple[Gone, ...] = ()
    moved_away: tuple[str, ...] = ()

    @property
    def asked_for(self) -> tuple[str, ...]:
        """
        Whom a person has to judge.
        """
        return tuple(gone.user_id for gone in self.doubtful)


@dataclass(frozen=True)
class Implausible:
    """
    The reading shows nobody at all: whatever the reason, it says nothing about people.
    """


def compare(reading: Reading, roster: Roster) -> Plan | Implausible:
    """
    What the reading means for the people we know.

    Only who was shown before can be missing, and only who is missing in two readings running, or is called gone by the
    platform itself, leaves without a question. A whole department is always one, for platforms say "left" of whoever an
    app may no longer see; and so are more than 5 % and more than three at once.
    """
    active = {person.user_id: person for person in reading.people if person.is_active}
    if not active:
        return Implausible()
    gone = [one for user_id in _known(roster) if user_id not in active and (one := _gone(user_id, reading, roster))]
    staying = [one for one in gone if one.user_id in roster.shown_elsewhere]
    leaving = [one for one in gone if one.user_id not in roster.shown_elsewhere]
    sure = tuple(one for one in leaving if one.sign in {Sign.INACTIVE, Sign.SAID, Sign.MISSING})
    doubtful = tuple(one for one in leaving if one not in sure)
    if _is_too_many(len(sure), len(_known(roster))):
        sure, doubtful = (), (*sure, *doubtful)
    return Plan(
        joined=tuple(person for person in active.values() if _is_new(person, roster)),
        returned=tuple(
            (roster.leavers[person.user_id], person) for person in active.values() if _is_back(person.user_id, roster)
        ),
        present=tuple(
            (roster.members[person.user_id], person) for person in active.values() if person.user_id in roster.members
        ),
        look_again=_to_look_again(reading, roster),
        left=sure,
        doubtful=doubtful,
        moved_away=tuple(one.user_id for one in staying),
    )


def _known(roster: Roster) -> list[str]:
    return sorted(roster.members)


def _is_new(person: Person, roster: Roster) -> bool:
    return person.user_id not in roster.members and person.user_id not in roster.leavers


def _is_back(user_id: str, roster: Roster) -> bool:
    """
    Whether a leaver who is shown had been out of sight meanwhile; one that was let go by hand a minute ago was not.
    """
    before = roster.seen.get(user_id)
    was_away = before is None or before.is_missing
    return user_id in roster.leavers and was_away and not roster.is_first


def _gone(user_id: str, reading: Reading, roster: Roster) -> Gone | None:
    """
    The sign that a member left; None when they were never shown, or are missing for the first time.
    """
    sign = None if user_id in roster.kept else _sign(user_id, reading, roster.seen)
    return None if sign is None else Gone(user_id=user_id, member_id=roster.members[user_id], sign=sign)


def _sign(user_id: str, reading: Reading, seen: Mapping[str, SeenBefore]) -> Sign | None:
    if any(person.user_id == user_id for person in reading.people):
        return Sign.INACTIVE
    before = seen.get(user_id)
    if before is None or not (before.said_left or before.is_missing):
        return None
    if before.department_ids and not _departments(reading) & set(before.department_ids):
        return Sign.OUT_OF_SIGHT
    if _is_emptied(before.department_ids, reading, seen):
        return Sign.EMPTIED
    return Sign.SAID if before.said_left else Sign.MISSING


def _departments(reading: Reading) -> set[str]:
    shown = {department.id for department in reading.departments}
    return shown | {department_id for person in reading.people for department_id in person.department_ids}


def _is_emptied(department_ids: tuple[str, ...], reading: Reading, seen: Mapping[str, SeenBefore]) -> bool:
    """
    Whether several people were in this main department and none is left: rather a page that failed than a farewell.
    """
    main = department_ids[0] if department_ids else None
    before = [user_id for user_id, one in seen.items() if main is not None and main in one.department_ids]
    is_there = any(main in person.department_ids for person in reading.people)
    return len(before) > 1 and not is_there


def _to_look_again(reading: Reading, roster: Roster) -> tuple[str, ...]:
    shown = {person.user_id for person in reading.people}
    return tuple(
        user_id
        for user_id, before in sorted(roster.seen.items())
        if user_id in roster.members and user_id not in shown and not (before.is_missing or before.said_left)
    )


def _is_too_many(leaving: int, known: int) -> bool:
    return leaving > BLAST_PEOPLE and leaving > BLAST_SHARE * known


def parents_first(departments: Iterable[Department]) -> list[Department]:
    """
    The departments in an order in which each parent comes before its children; a circle is cut where it closes.
    """
    by_id = {department.id: department for department in departments}
    ordered: dict[str, Department] = {}
    for department in by_id.values():
        chain: list[Department] = []
        current: Department | None = department
        while current is not None and current.id not in ordered and current not in chain:
            chain.append(current)
            current = by_id.get(current.parent_id)
        ordered.update((one.id, one) for one in reversed(chain))
    return list(ordered.values())


def leaders(departments: Iterable[Department]) -> dict[str, str]:
    """
    Which department somebody leads, by the leader's id: of several the one above the others.
    """
    found: dict[str, str] = {}
    for department in parents_first(departments):
        if department.leader_id is not None:
            found.setdefault(department.leader_id, department.id)
    return found


def manager_of(person: Person, departments: Mapping[str, Department]) -> str | None:
    """
    Whom somebody reports to: the manager the directory names, else the nearest leader above them; None: it shows none.
    """
    if person.manager_id is not None and person.manager_id != person.user_id:
        return person.manager_id
    current = next((departments[one] for one in person.department_ids if one in departments), None)
    passed: set[str] = set()
    while current is not None and current.id not in passed:
        if current.leader_id not in {None, person.user_id}:
            return current.leader_id
        passed.add(current.id)
        current = departments.get(current.parent_id)
    return None
