"""
Announced fields: where a form, a signature or a business card says which field follows.

A label counts before a colon, at the beginning of a line or cell before its value, and between spaces in one line.
Numbering, bullets and brackets around it belong to it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from domain.text.data.labels import AGENT_WORDS, LABELS, SPACED_EXCLUDED, TWO_WORD_LABELS
from domain.text.patterns import Pattern
from domain.text.people import called_by_title
from domain.text.vocabulary import find_source

_PREFIXES: Final = ("客户", "终端", "甲方", "主要", "对方", "用户", "最终用户", "终端客户")
_WORDS: Final = {word: slot for slot, words in LABELS.items() for word in words.split()}
_PREFIXED: Final = {
    prefix + word: slot
    for word, slot in _WORDS.items()
    if slot not in {"name", "agent", "ignored"} and not word.isascii()
    for prefix in _PREFIXES
}
_TITLE_LABEL: Final = Pattern(
    r"(?:(?<=[\n|,;。 ])|^)(?P<title>[\u4e00-\u9fffA-Z]{2,10}) ?: ?(?=[\u4e00-\u9fffA-Za-z])", re.MULTILINE
)
_LONGEST_SOURCE: Final = 16
_SLOT_OF: Final = _PREFIXED | _WORDS | TWO_WORD_LABELS


@dataclass(frozen=True, slots=True)
class LabelHit:
    """
    A label at a span of the text; its value begins at `end` and reaches to `until` at most.
    """

    slot: str
    start: int
    end: int
    until: int


@lru_cache(maxsize=1)
def _pattern() -> Pattern:
    spaced = {word: word for word in _SLOT_OF}
    spaced |= {r" {0,3}".join(word): word for word in _SLOT_OF if re.fullmatch(r"[\u4e00-\u9fff]{2,4}", word)}
    words = "|".join(
        pattern if pattern != word else re.escape(word)
        for pattern, word in sorted(spaced.items(), key=lambda one: (len(one[1]), len(one[0])), reverse=True)
    )
    mark = (
        r"(?:(?:^|(?<=[\n| ,;。]))(?:\(?\d{1,2}\)?[.、):,]{1,2}|[一二三四五六七八九十]{1,2}[、.]|"
        r"[*#\-•·>]{1,3}) {0,2})?[\[(<*\"]{0,2}"
    )
    role = rf"(?P<role>{'|'.join(AGENT_WORDS)})?(?:的)?"
    note = r"\d?(?: {0,2}\([^()\n]{0,14}\))? {0,3}[\])>*\"]{0,2}"
    return Pattern(
        rf"(?P<mark>{mark})(?<![A-Za-z]){role}(?P<word>{words})(?P<tail>{note} {{0,3}}(?P<sign>[:=|])?)",
        re.IGNORECASE | re.MULTILINE,
    )


def find_labels(folded: str) -> tuple[LabelHit, ...]:
    """
    Return the labels of a folded text in order, each with the reach of its value.
    """
    hits = list(_hits(folded))
    hits = sorted([*hits, *_titles(folded, hits)], key=lambda hit: hit.start)
    limits = [hit.start for hit in hits[1:]] + [len(folded)] if hits else []
    return tuple(
        LabelHit(hit.slot, hit.start, hit.end, _line_end(folded, hit.end, limit))
        for hit, limit in zip(hits, limits, strict=True)
    )


def _titles(folded: str, hits: list[LabelHit]) -> Iterator[LabelHit]:
    """
    Find titles that stand as labels before a name: 工程部经理:简阳.
    """
    for match in _TITLE_LABEL.finditer(folded):
        free = all(match.end() <= hit.start or hit.end <= match.start() for hit in hits)
        if free and called_by_title(match["title"]):
            yield LabelHit("contact", match.start(), match.end(), match.end())


def _hits(folded: str) -> Iterator[LabelHit]:
    at = 0
    while match := _pattern().search(folded, at):
        slot = _slot(match, folded)
        if slot is None:
            at = match.start("word") + 1
            continue
        yield LabelHit(slot, match.start(), match.end(), match.end())
        at = match.end()


def _slot(match: re.Match[str], folded: str) -> str | None:
    word = re.sub(r"(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff])", "", match["word"]).lower()
    slot = _SLOT_OF.get(word)
    if slot is None or not _announces(match, folded, word):
        return None
    if match["sign"] == ":" and _names_source(folded, match):
        return None
    if match["role"] and slot != "agent":
        return "agent" if slot == "name" else "ignored"
    return slot


def _names_source(folded: str, match: re.Match[str]) -> bool:
    """
    Say whether everything before the colon tells where the customer came from: 官网留言:, 百度推广来的客户:.
    """
    line = folded[max(0, match.start("word") - _LONGEST_SOURCE) : match.start("word")]
    before = re.split(r"[^\u4e00-\u9fffA-Za-z0-9]", line)[-1]
    found = find_source(before + match["word"]) if before else None
    return found is not None and (found.start, found.end) == (0, len(before + match["word"]))


def _announces(match: re.Match[str], folded: str, word: str) -> bool:
    """
    Say whether the word is used as a label here: by a colon, by brackets, as a table cell, or by the spaces around it.
    """
    before = folded[match.start() - 1 : match.start()] if match.start() else "\n"
    opens = before in "\n|,;。 " or bool(match["mark"].strip())
    tail, sign = match["tail"], match["sign"]
    if sign in {":", "="} and len(word) == 1 and not opens:
        return False
    if sign in {":", "="}:
        return (opens or not word.isascii()) and folded[match.end() : match.end() + 2] != "//"
    if sign == "|":
        return opens
    if "[" in match["mark"] and "]" in tail:
        return True
    if len(word) == 1 and word in "mtf":
        return before in "\n " and re.match(r" {0,2}[+(\d]", folded[match.start("tail") :]) is not None
    return opens and tail[-1:] == " " and not tail.strip() and word not in SPACED_EXCLUDED


def _line_end(folded: str, start: int, limit: int) -> int:
    """
    Return where a value ends: at the next label, or at the end of its line; an empty value may stand on the next line.
    """
    end = folded.find("\n", start, limit)
    if end < 0:
        return limit
    if folded[start:end].strip(" |\t"):
        return end
    following = folded.find("\n", end + 1, limit)
    return following if following >= 0 else limit
