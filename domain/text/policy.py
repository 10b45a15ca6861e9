"""
The one policy for text that people send and the product keeps: what is dropped, what is folded, how long it may be.

Every door (chat, card form, API, import) passes each stored text through `clean_text`, so both databases see the same
bytes. Escaping for a card, a page or a sheet belongs to the sink, not here.
"""

import unicodedata
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

from domain.text.patterns import Pattern

MESSAGE_LIMIT: Final = 5000
FIELD_LIMITS: Final = MappingProxyType(
    {
        "name": 60,
        "contact": 30,
        "title": 30,
        "phone": 30,
        "email": 120,
        "amount": 40,
        "source": 30,
        "region": 60,
        "industry": 30,
        "need": 500,
        "reason": 200,
        "note": 2000,
        "message": MESSAGE_LIMIT,
    }
)
"""
Longest accepted text in characters, by field.
"""

_BREAKS: Final = Pattern("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_SPACES: Final = Pattern("[\t\xa0\u1680\u2000-\u200a\u202f\u205f]")
_TRAILING: Final = Pattern(r" +(?=\n)")
_DROPPED: Final = frozenset({"Cc", "Cs", "Co", "Cn"})
_INVISIBLE: Final = Pattern("[\xad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\uffff]")
_NFC_ROUNDS: Final = 4


@dataclass(frozen=True, slots=True)
class TextProblem:
    """
    Why a text is refused: `too_long` with the limit it passed.
    """

    code: Literal["too_long"]
    length: int
    limit: int


def clean_text(text: str, *, limit: int) -> str | TextProblem:
    """
    Fold a text to what may be stored, or say that it is too long.

    NFC; line ends become newlines; tabs and exotic spaces become spaces; NUL, other controls, lone surrogates, private
    and unassigned characters, zero-width characters and direction overrides go; the ends are trimmed. Idempotent.
    """
    cleaned = scrub(text)
    return cleaned if len(cleaned) <= limit else TextProblem("too_long", len(cleaned), limit)


def scrub(text: str) -> str:
    """
    Do the folding of `clean_text` without judging the length.
    """
    for _ in range(_NFC_ROUNDS):
        folded = _fold_once(text)
        if folded == text:
            break
        text = folded
    return text


def _fold_once(text: str) -> str:
    plain = _SPACES.sub(" ", _BREAKS.sub("\n", text))
    kept = "".join(one for one in plain if one == "\n" or unicodedata.category(one) not in _DROPPED)
    composed = unicodedata.normalize("NFC", _INVISIBLE.sub("", kept))
    return _TRAILING.sub("", composed).strip()
