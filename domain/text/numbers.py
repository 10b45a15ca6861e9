"""
Chinese numerals as people write and say them: 五十, 一百二, 两千五, 三万五, 一点二, 1.2百.

Only the number itself; money, ranges and units are in `amounts`, dates in `times`.
"""

import re
from decimal import Decimal
from typing import Final

DIGITS: Final = {
    one: value
    for value, several in enumerate("零〇 一壹 二贰两 三叁 四肆 五伍 六陆 七柒 八捌 九玖".split())
    for one in several
}
SCALES: Final = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000, "万": 10**4, "亿": 10**8}
HAN_NUMBER: Final = rf"(?![万亿])[{''.join(DIGITS)}{''.join(SCALES)}]{{1,16}}(?:点[{''.join(DIGITS)}]{{1,4}})?"
ARABIC_NUMBER: Final = r"\d{1,3}(?:,\d{3}){1,4}(?:\.\d{1,4})?|\d{1,13}(?:\.\d{1,4})?"


def read_number(text: str) -> Decimal | None:
    """
    Read a whole Arabic or Chinese number, None when it is not one.
    """
    if re.fullmatch(ARABIC_NUMBER, text):
        return Decimal(text.replace(",", ""))
    whole, _, fraction = text.partition("点")
    value = _han_integer(whole)
    if value is None or any(one not in DIGITS for one in fraction):
        return None
    places = "".join(str(DIGITS[one]) for one in fraction)
    return Decimal(f"{value}.{places}") if places else Decimal(value)


def _han_integer(text: str) -> int | None:
    """
    Read digits and scales; a last bare digit takes the scale below the one before it (三万五 = 35,000).
    """
    if not text:
        return None
    if all(one in DIGITS for one in text):
        return int("".join(str(DIGITS[one]) for one in text))
    for mark in "亿万千仟百佰十拾":
        before, found, after = text.partition(mark)
        if found:
            return _scaled(before, SCALES[mark], after)
    return None


def _scaled(before: str, scale: int, after: str) -> int | None:
    head = _han_integer(before) if before else 1
    rest = after.lstrip("零〇")
    if head is None or (before[-1:] in SCALES and scale < SCALES["万"]) or (len(before) > 1 and scale < SCALES["万"]):
        return None
    if not rest:
        return head * scale
    tail = _han_integer(rest)
    if tail is None or tail >= scale:
        return None
    bare = rest == after and len(rest) == 1 and rest in DIGITS and scale > SCALES["十"]
    return head * scale + tail * (scale // 10 if bare else 1)
