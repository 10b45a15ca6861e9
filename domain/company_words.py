"""
The words that give a company name its shape: legal forms, general words, and the names of well-known enterprises.

The tables are in `domain/data`; taking a whole name apart is `company_name`.
"""

import re
from functools import cache
from typing import Final, NamedTuple

from domain.company_spelling import NUMERALS
from domain.data import lines, words

NUMERAL_SIGNS: Final = frozenset(NUMERALS + "十百")
ONLY_WHOLE: Final = "="
"""Marks an alias too common to mean the enterprise inside a longer name (移动, 平安)."""
PLACELESS: Final = frozenset("医院 大学 学院 银行 中学 小学 书店 电视台".split())
"""A place before one of these alone is the name itself: 中山医院 is not a hospital in 中山."""


class Form(NamedTuple):
    head: str
    kind: str
    tail: str


@cache
def legal_forms() -> dict[str, str]:
    return {
        form: kind for line in lines("legal_forms.txt") for kind, text in [line.split("\t")] for form in text.split()
    }


@cache
def _form_pattern() -> re.Pattern[str]:
    longest_first = sorted(legal_forms(), key=len, reverse=True)
    return re.compile("|".join(longest_first))


def split_form(text: str) -> Form | None:
    """
    Cut at the first full legal form; a bare 集团, 股份 or 厂 counts only at the very end.
    """
    for match in _form_pattern().finditer(text, 1):
        kind = legal_forms()[match[0]]
        if match[0].endswith("公司") or match.end() == len(text):
            if kind == "closing" and (match.start() < 3 or is_general(text[: match.start()])):
                continue
            if text[match.start() - 1] in "分支银":
                continue
            return Form(text[: match.start()], match[0] if kind == "closing" else kind, text[match.end() :])
    return None


def is_general(core: str) -> bool:
    """
    Whether a core is made of general words only, so that the place and number are its whole identity.
    """
    rest = core
    while rest:
        size = next((size for size in range(6, 0, -1) if size <= len(rest) and rest[:size] in _general_words()), 0)
        if not size:
            return False
        rest = rest[size:]
    return not NUMERAL_SIGNS.issuperset(core)


@cache
def well_known() -> tuple[dict[str, str], dict[str, str]]:
    """
    Names of well-known enterprises, and those of them that are telling as a mere brand.
    """
    whole: dict[str, str] = {}
    brands: dict[str, str] = {}
    for line in lines("aliases.txt"):
        names = line.replace("\t", " ").split()
        known = names[0].removeprefix(ONLY_WHOLE)
        for name in names:
            whole[name.removeprefix(ONLY_WHOLE)] = known
            if not name.startswith(ONLY_WHOLE):
                brands[name] = known
    return whole, brands


@cache
def _general_words() -> frozenset[str]:
    return words("institutions.txt")
