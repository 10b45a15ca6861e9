"""
Whether two parties are one company (查重): 确定 certain, 高度疑似 probable, 疑似 possible, or none, and why.

Certain is only what needs no judgement: equal credit codes, the same full name, place and branch, or the same phone
with a like name. A phone alone is probable. Everything else is the trained scorer's, held back by rules for names
that are alike on purpose: numbered hospitals, branches, groups and their companies, one brand in two trades.

This module is the door; the work is done in `dedup_profile`, `dedup_facts`, `dedup_scorer`, `dedup_rules` and
`dedup_reasons`. Reasons name what was seen; people read the sentences of `cards/dedup.py`. All values are texts, and
none holds a phone number or the name of a person.

    code                     values            meaning
    uscc_equal                                 信用代码相同
    uscc_differs                               信用代码不同
    full_name_equal          name              全名、地区、分支都相同
    core_equal               core              核心名相同
    core_homophone           a, b              核心名同音：云图/云途
    core_lookalike           a, b              核心名有一个形近字：云图/云困
    core_one_char            a, b              核心名差一个字
    core_similar             a, b              核心名相近
    short_name               short, long       一方是另一方的简称或一部分
    reordered                a, b              字序不同
    known_alias              name              同一知名企业的不同叫法
    phone_equal                                手机号相同
    landline_equal                             座机相同
    extension_differs                          总机相同，分机不同
    phone_one_digit                            电话只差一位
    contact_equal                              联系人相同
    region_differs           a, b              地区不同：杭州/宁波
    region_missing           region            只有一方写了地区
    same_brand               brand             字号相同
    industry_differs         a, b              行业不同：科技/餐饮
    form_differs             a, b              企业类型不同: company, group, partnership, sole or a word like 厂
    number_differs           a, b              编号或方位不同：第一医院/第二医院
    branch_of                branch            一方是另一方的分支
    same_brand_other_branch  a, b              同一企业的不同分支：上海/北京
    part_of                  whole, part       一方是另一方的下属单位：大学/附属医院
    group_of                 group             一方是集团
    other_enterprise         a, b              两家不同的知名企业
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from rapidfuzz.distance import Indel
from rapidfuzz.process import extract_iter

from domain.dedup_facts import DIFFERS, NESTED, ONE_SILENT, SAME, Agreement, Facts, facts, region_agreement
from domain.dedup_names import Side
from domain.dedup_phones import NO_PHONE, phone_marks, phone_match
from domain.dedup_profile import Party, Profile, UniqueKey, dedup_phone, profile, unique_keys
from domain.dedup_reasons import Reason, reasons
from domain.dedup_rules import Level, Relation, decide, kinship
from domain.dedup_scorer import Weights, score, trained

__all__ = [
    "Candidate",
    "Comparison",
    "Level",
    "Match",
    "Party",
    "Profile",
    "Reason",
    "Relation",
    "Side",
    "UniqueKey",
    "Verdict",
    "compare",
    "dedup_phone",
    "judge",
    "profile",
    "unique_keys",
]

MATCHES_SHOWN: Final = 5
CLOSEST_COMPARED: Final = 12
"""So many candidates are looked at closely."""
RIVALS_COUNTED: Final = 32
WORTH_A_LOOK: Final = 0.45
"""Below this no pair of the training data was one company by its name."""
BEGINNING_PROMISE: Final = 0.2
PLACE_PROMISE: Final = {SAME: 0.15, NESTED: 0.1, DIFFERS: -0.15}


@dataclass(frozen=True, slots=True)
class Comparison:
    """
    The verdict on one pair; `score` is the trained likelihood, 1.0 where a rule makes it certain.
    """

    relation: Relation
    level: Level
    score: float
    reasons: tuple[Reason, ...]


class Candidate(NamedTuple):
    """
    One name of a customer that shares a search key; a customer with former names comes several times.
    """

    customer_id: int
    side: Side


@dataclass(frozen=True, slots=True)
class Match:
    """
    A customer that may be the one asked about.
    """

    customer_id: int
    level: Level
    relation: Relation
    score: float
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """
    The answer of a check: its level is that of the best match.
    """

    level: Level
    matches: tuple[Match, ...]


class _Judged(NamedTuple):
    """
    A pair with its grade; reasons are spelled out only for what is shown.
    """

    level: Level
    score: float
    relation: Relation
    side: Side
    candidate: Side
    seen: Facts


def compare(a: Party, b: Party) -> Comparison:
    """
    The verdict on two parties alone, without knowing what other customers there are.
    """
    pairs = ((x, y) for x in profile(a).sides for y in profile(b).sides)
    best = max((_judge_pair(x, y, facts(x, y), 0, trained()) for x, y in pairs), key=_grade)
    return Comparison(best.relation, best.level, best.score, _explain(best))


def judge(
    query: Profile,
    candidates: Sequence[Candidate],
    *,
    not_same: frozenset[int] = frozenset(),
    model: Weights | None = None,
) -> Verdict:
    """
    The best matches among the candidates; customers somebody has ruled 不是同一家 are left out.
    """
    allowed = [each for each in candidates if each.customer_id not in not_same]
    best: dict[int, _Judged] = {}
    for side in query.sides:
        for candidate, seen, rivals in observed(side, allowed):
            judged = _judge_pair(side, candidate.side, seen, rivals, model or trained())
            if candidate.customer_id not in best or _grade(judged) > _grade(best[candidate.customer_id]):
                best[candidate.customer_id] = judged
    worth = [(customer, judged) for customer, judged in best.items() if judged.level is not Level.NONE]
    worth.sort(key=lambda found: (*_grade(found[1]), -found[0]), reverse=True)
    matches = tuple(_match(customer, judged) for customer, judged in worth[:MATCHES_SHOWN])
    return Verdict(matches[0].level if matches else Level.NONE, matches)


def observed(side: Side, candidates: Sequence[Candidate]) -> Iterator[tuple[Candidate, Facts, int]]:
    """
    The facts on the closest candidates, each with the number of rivals: others in question that sound at least as like.

    Candidates of another place are no rivals, unless the place of this one is unknown: it may be any of them.
    The closest are the best by sound, place and beginning, and all that share a phone or the code.
    """
    likeness, worth, places = _promises(side, candidates)
    ranked = sorted(range(len(candidates)), key=worth.__getitem__, reverse=True)
    rivals = sorted([likeness[at] for at in ranked[:RIVALS_COUNTED] if places[at] is not DIFFERS])
    anywhere = sorted([likeness[at] for at in ranked[:RIVALS_COUNTED]])
    close = [at for at in ranked[:CLOSEST_COMPARED] if worth[at] >= WORTH_A_LOOK]
    for at in dict.fromkeys((*close, *_sharing_more_than_sound(side, candidates))):
        others = anywhere if places[at] is ONE_SILENT else rivals
        above = len(others) - bisect_left(others, likeness[at]) - 1
        yield candidates[at], facts(side, candidates[at].side), max(above, 0)


def _promises(side: Side, candidates: Sequence[Candidate]) -> tuple[list[float], list[float], list[Agreement]]:
    """
    For each candidate how alike it sounds, a cheap guess at how close it is, and how its place agrees.
    """
    sound, first = side.syllables, side.syllables[:1]
    sounds = [other.syllables for _, other in candidates]
    regions = [other.region for _, other in candidates]
    where = {region: region_agreement(side.region, region) for region in set(regions)}
    bonus = {region: PLACE_PROMISE.get(place, 0.0) for region, place in where.items()}
    likeness = [score for _, score, _ in extract_iter(sound, sounds, scorer=Indel.normalized_similarity)]
    worth = [
        alike + bonus[region] + BEGINNING_PROMISE
        if other[:1] == first and (other.startswith(sound) or sound.startswith(other))
        else alike + bonus[region]
        for alike, other, region in zip(likeness, sounds, regions, strict=True)
    ]
    return likeness, worth, [where[region] for region in regions]


def _sharing_more_than_sound(side: Side, candidates: Sequence[Candidate]) -> Iterator[int]:
    """
    Where the candidates stand that have the credit code, a well-known house or a number in common with the subject.
    """
    if side.uscc:
        yield from (at for at, (_, other) in enumerate(candidates) if other.uscc == side.uscc)
    if side.house:
        yield from (at for at, (_, other) in enumerate(candidates) if other.house == side.house)
    phones = [other.phones for _, other in candidates]
    near = {at for mark in phone_marks(side.phones) for at, numbers in enumerate(phones) if mark in numbers}
    yield from (at for at in sorted(near) if phone_match(side.phones, phones[at]) is not NO_PHONE)


def _judge_pair(a: Side, b: Side, seen: Facts, rivals: int, model: Weights) -> _Judged:
    likelihood = score(seen, rivals, model)
    relation, level = decide(a, b, seen, likelihood, model)
    return _Judged(level, 1.0 if level is Level.CERTAIN else round(likelihood, 4), relation, a, b, seen)


def _grade(judged: _Judged) -> tuple[int, float]:
    return judged.level.rank, judged.score


def _explain(judged: _Judged) -> tuple[Reason, ...]:
    kin = kinship(judged.side, judged.candidate, judged.seen)
    return reasons(judged.side, judged.candidate, judged.seen, kin)


def _match(customer: int, judged: _Judged) -> Match:
    return Match(customer, judged.level, judged.relation, judged.score, _explain(judged))
