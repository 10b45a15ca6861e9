"""
Electronic business cards: vCard 2.1, 3.0 and 4.0 as phones send them, and the MECARD of many QR codes.

Only what a registration needs is read: company, person, title, phone, mail, region. Pictures, notes and unknown
properties are skipped. Whether a value is any good is decided where every answer to a form is.
Source: RFC 2426, RFC 6350, and the vCard 2.1 specification of versit (quoted-printable values).
"""

import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from domain.text.fields import find_region

LIMIT: Final = 200_000
"""More characters than any card without pictures has; the rest is not read."""
_BEGIN: Final = re.compile(r"BEGIN:VCARD\b", re.IGNORECASE)
_PROPERTY: Final = re.compile(r"(?:[\w-]{1,40}\.)?(?P<name>[A-Za-z-]{1,40})(?P<parameters>(?:;[^:;]{0,200}){0,20}):")
_ESCAPE: Final = re.compile(r"\\(.)", re.DOTALL)
_CHARSETS: Final = {"utf-8", "utf8", "gbk", "gb2312", "gb18030", "big5", "iso-8859-1", "us-ascii"}
_CHINESE: Final = re.compile(r"[㐀-鿿]")
_MECARD_FIELDS: Final = {"N": "N", "ORG": "ORG", "TEL": "TEL", "EMAIL": "EMAIL", "TIL": "TITLE", "ADR": "ADR"}


@dataclass(frozen=True, slots=True)
class _Property:
    """
    One line of a card, decoded; the parts of a structured value are still joined by their semicolons.
    """

    name: str
    parameters: str
    value: str


def read_card(text: str) -> dict[str, str] | None:
    """
    What a vCard or MECARD says, by the names of a registration's fields; None when the text is neither or says nothing.
    """
    text = text[:LIMIT].strip("\ufeff \r\n\t")
    if text[:7].upper() == "MECARD:":
        return _known(list(_mecard(text[7:]))) or None
    begin = _BEGIN.search(text)
    return (_known(list(_vcard(text[begin.end() :]))) or None) if begin else None


def decode_card(content: bytes) -> str:
    """
    The text of a card's file: UTF-8 or UTF-16 with its mark, else UTF-8, else what Chinese phones wrote before.
    """
    if content[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("gb18030", "replace")


def _vcard(text: str) -> Iterator[_Property]:
    for line in _unfolded(text):
        head = _PROPERTY.match(line)
        if head is None:
            continue
        name, parameters = head["name"].upper(), head["parameters"].upper()
        if name == "END":
            return
        yield _Property(name, parameters, _decoded(line[head.end() :], parameters))


def _unfolded(text: str) -> Iterator[str]:
    """
    Logical lines. A line that begins with a space continues the one before; so does one after a quoted-printable "=".
    """
    parts: list[str] = []
    is_quoted = False
    for line in text.splitlines():
        if line[:1] in {" ", "\t"}:
            parts.append(line[1:])
        elif is_quoted and parts[-1].endswith("="):
            parts[-1] = parts[-1][:-1]
            parts.append(line)
        else:
            yield "".join(parts)
            parts, is_quoted = [line], "QUOTED-PRINTABLE" in line.upper()
    yield "".join(parts)


def _decoded(value: str, parameters: str) -> str:
    if "QUOTED-PRINTABLE" not in parameters:
        return value
    raw = quopri.decodestring(value.encode("utf-8", "replace"))
    named = re.search(r"CHARSET=\"?([A-Z0-9-]+)", parameters)
    charset = named[1].lower() if named else "utf-8"
    return raw.decode(charset if charset in _CHARSETS else "utf-8", "replace")


def _mecard(text: str) -> Iterator[_Property]:
    for field in _split(text, ";"):
        name, _, value = field.partition(":")
        if known := _MECARD_FIELDS.get(name.strip().upper()):
            # a MECARD separates the parts of a name by commas
            yield _Property(known, "", value.replace(",", ";") if known == "N" else value)


def _split(value: str, separator: str) -> list[str]:
    """
    The parts of a structured value; a separator behind a backslash belongs to the text.
    """
    return re.split(rf"(?<!\\){separator}", value)


def _known(properties: list[_Property]) -> dict[str, str]:
    # from the street to the country, while a Chinese address goes the other way
    address = "".join(_plain(part) for part in reversed(_split(_first(properties, "ADR"), ";")))
    said = {
        "name": _plain(next(iter(_split(_first(properties, "ORG"), ";")), "")),
        "contact": _plain(_first(properties, "FN")) or _name(_first(properties, "N")),
        "title": _plain(_first(properties, "TITLE") or _first(properties, "ROLE")),
        "phone": _phone(properties),
        "email": _plain(_first(properties, "EMAIL")),
        "region": (find_region(address) or "") if address else "",
    }
    return {field: value for field, value in said.items() if value}


def _first(properties: list[_Property], name: str) -> str:
    return next((one.value for one in properties if one.name == name and one.value.strip(" ;")), "")


def _name(value: str) -> str:
    """
    Family and given name as they are said: together in Chinese, given name first elsewhere.
    """
    family, given = ([_plain(part) for part in _split(value, ";")] + ["", ""])[:2]
    return f"{family}{given}" if _CHINESE.search(family + given) else f"{given} {family}".strip()


def _phone(properties: list[_Property]) -> str:
    """
    The number to call: a mobile before others, a fax never.
    """
    numbers = [one for one in properties if one.name == "TEL" and one.value.strip() and "FAX" not in one.parameters]
    mobile = next((one for one in numbers if "CELL" in one.parameters), None)
    chosen = mobile or next(iter(numbers), None)
    return _plain(chosen.value.removeprefix("tel:")) if chosen else ""


def _plain(value: str) -> str:
    spaced = _ESCAPE.sub(lambda found: " " if found[1] in "nN" else found[1], value)
    return " ".join(spaced.split())
