"""
The small XML that WeCom speaks: text in CDATA, numbers bare, lists as repeated siblings.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element  # only the type; parsing is defusedxml's

# What XML 1.0 cannot carry never reaches the product: the platform drops it.
_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class BadXmlError(ValueError):
    pass


def write(fields: Mapping[str, object]) -> str:
    return f"<xml>{_children(fields)}</xml>"


def read(text: str | bytes) -> Element:
    """
    Raises: BadXmlError when the text is no XML or holds entities.
    """
    try:
        element: Element = ElementTree.fromstring(text, forbid_dtd=True)
    except (ElementTree.ParseError, DefusedXmlException, ValueError) as error:
        raise BadXmlError(str(error)) from error
    return element


def child_text(element: Element, name: str) -> str:
    return (element.findtext(name) or "").strip()


def _children(fields: Mapping[str, object]) -> str:
    return "".join(_element(name, value) for name, value in fields.items())


def _element(name: str, value: object) -> str:
    if isinstance(value, Mapping):
        return f"<{name}>{_children(value)}</{name}>"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "".join(_element(name, one) for one in value)
    if isinstance(value, int):
        return f"<{name}>{value}</{name}>"
    text = _ILLEGAL.sub("", str(value)).replace("]]>", "]]]]><![CDATA[>")
    return f"<{name}><![CDATA[{text}]]></{name}>"
