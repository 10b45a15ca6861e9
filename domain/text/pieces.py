"""
A message laid out for reading: folded text, the spans of hard facts, and the pieces between separators.

Hard facts are what a pattern alone proves: e-mail and web addresses, phones, sums of money, announced other numbers.
They are blanked out of the text, so the recognisers of names and words never see them.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Protocol

from domain.text.amounts import Amount, find_amounts
from domain.text.folding import fold, fold_digits
from domain.text.found import FieldProblem, Found
from domain.text.labels import LabelHit, find_labels
from domain.text.patterns import Pattern
from domain.text.phones import find_phones, noise_numbers, phone_problem

BLANK: Final = "\x00"
_EMAIL: Final = Pattern(
    r"(?<![\w.+-])[A-Za-z0-9][A-Za-z0-9._%+-]{0,63} ?@ ?[A-Za-z0-9][A-Za-z0-9-]{0,62}"
    r"(?: ?\. ?[A-Za-z0-9-]{2,63}){1,4}(?![A-Za-z0-9@])",
    re.ASCII,
)
_WEB: Final = Pattern(
    (
        r"https?://[^\s,;，。]{1,500}|www\.[^\s,;，。]{1,200}|(?<![\w@.-])[a-z0-9-]{2,40}\.(?:com|cn|net|"
        r"org)(?:\.cn)?(?:/[^\s,;]{0,200})?(?![\w@])"
    ),
    re.ASCII | re.IGNORECASE,
)
_CODE: Final = Pattern(r"(?<![A-Z0-9])(?=[A-Z0-9]{0,17}\d)[0-9A-Z]{18}(?![A-Z0-9])|(?<!\d)\d{15,25}(?!\d)", re.ASCII)
_DATE: Final = Pattern(
    r"(?<!\d)20\d{2}[-/.年]\d{1,2}(?:[-/.月]\d{1,2}日?)?(?:\s?\d{1,2}:\d{2}(?::\d{2})?)?|"
    r"(?<!\d)\d{1,2}月\d{1,2}[日号]|(?<!\d)\d{1,2}:\d{2}(?::\d{2})?(?!\d)"
)
_MENTION: Final = Pattern(r"(?<![A-Za-z0-9])@[\w\u4e00-\u9fff]{1,20}(?=\s|$)")
_SEPARATOR: Final = Pattern(
    r"[\x00\n;。!?…|、+*#•~_<>\[\]]|,(?! ?(?:Ltd|Inc|LLC|China|Limited|Corp)\b)|"
    r"(?<=[\u4e00-\u9fff) ])[\-/.:=]+(?=[\u4e00-\u9fff\x00( A-Za-z]|$)|"
    r"(?<=[\x00A-Za-z])[/\-]+(?=[\u4e00-\u9fff\x00])|-{2,}|\.{2,}"
    r"|(?<![A-Za-z.,&)]) +| +(?![A-Za-z&(])"
)


@dataclass(frozen=True, slots=True)
class Piece:
    """
    A stretch of the message between separators.
    """

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Layout:
    """
    One message: the text as sent, folded to the same length, with its hard facts and labels.
    """

    text: str
    folded: str
    blanked: str
    emails: tuple[Found[str], ...]
    phones: tuple[Found[str], ...]
    phone_problem: Found[FieldProblem] | None
    amounts: tuple[Found[Amount | FieldProblem], ...]
    labels: tuple[LabelHit, ...]

    def said(self, start: int, end: int) -> str:
        """
        Return the words of the message itself at a span.
        """
        return self.text[start:end].replace("\n", " ").strip()


def lay_out(text: str) -> Layout:
    """
    Find the hard facts and the labels of a cleaned message.
    """
    folded = fold(text)
    digits = fold_digits(folded)
    emails = tuple(
        Found(re.sub(r"\s", "", hit.group()).lower().rstrip("."), hit.start(), hit.end())
        for hit in _EMAIL.finditer(folded)
    )
    web = _spans(_WEB, folded)
    shielded = _blank(digits, [*emails, *web])
    phones = find_phones(shielded)
    problem = phone_problem(_blank(shielded, phones))
    facts: list[_Span] = [*emails, *web, *phones, *noise_numbers(shielded), *_spans(_CODE, shielded)]
    facts.extend([problem] if problem else [])
    dated: list[_Span] = [*facts, *_spans(_DATE, _blank(folded, facts)), *_spans(_MENTION, folded)]
    amounts = find_amounts(_blank(folded, dated))
    blanked = _blank(folded, [*dated, *amounts])
    labels = find_labels(_blank(folded, [*facts, *amounts], keep=True))
    return Layout(text, folded, blanked, emails, phones, problem, amounts, labels)


def pieces(blanked: str, start: int, end: int) -> Iterator[Piece]:
    """
    Yield the pieces of a stretch, cut at separators; spaces between Latin words do not cut.
    """
    at = start
    for cut in _SEPARATOR.finditer(blanked, start, end):
        yield from _trimmed(blanked, at, cut.start())
        at = cut.end()
    yield from _trimmed(blanked, at, end)


def _trimmed(blanked: str, start: int, end: int) -> Iterator[Piece]:
    while start < end and blanked[start] in " -:.)]\"'=&/":
        start += 1
    while end > start and (
        blanked[end - 1] in " -:([\"'=&/" or (blanked[end - 1] == ")" and "(" not in blanked[start:end])
    ):
        end -= 1
    while start < end and blanked[start] in "([" and not set(blanked[start:end]) & set(")]"):
        start += 1
    if start < end:
        yield Piece(start, end)


def _spans(pattern: Pattern, text: str) -> list[Found[None]]:
    return [Found(None, hit.start(), hit.end()) for hit in pattern.finditer(text)]


class _Span(Protocol):
    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


def _blank(text: str, spans: Iterable[_Span], *, keep: bool = False) -> str:
    """
    Overwrite spans; `keep` leaves a digit there, so that a label still sees that a value follows.
    """
    characters = list(text)
    for span in spans:
        characters[span.start : span.end] = ("0" if keep else BLANK) * (span.end - span.start)
    return "".join(characters)
