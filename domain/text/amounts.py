"""
Sums of money in CNY as salespeople write them: 50万, 约30w, 20-30万, 二三十万, 一百来万, 300,000元, ¥128000.50.

A sum is an exact integer of fen; a range has a second one. 不超过80万, 50万起 and 约50万 are the sum itself.
What cannot be pinned down (几十万, 5万美元, a bare 50) is a problem, never a guess.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from domain.text.found import FieldProblem, Found
from domain.text.numbers import ARABIC_NUMBER, HAN_NUMBER, read_number
from domain.text.patterns import Pattern


@dataclass(frozen=True, slots=True)
class Amount:
    """
    Money in fen; `max_fen` is the upper end where a range was given.
    """

    fen: int
    max_fen: int | None = None


_UNITS: Final = {
    "亿": 10**8,
    "千万": 10**7,
    "百万": 10**6,
    "十万": 10**5,
    "万": 10**4,
    "w": 10**4,
    "千": 10**3,
    "k": 10**3,
    "百": 10**2,
    "": 1,
}
_MOST: Final = 10**15
_LEAST_BARE_K: Final = 10
_NUMBER: Final = rf"(?:{ARABIC_NUMBER}|{HAN_NUMBER})"
_UNIT: Final = r"(?:亿|千万|百万|十万|万|千|百|[wk](?![a-z0-9]))"
_MONEY: Final = r"(?:元整|元(?![素件器旦宝气通创亨祖月宵年])|块钱|块|圆|人民币|rmb|cny)"
_MEASURED: Final = (
    r"(?!/[台套个月年人件次天平米吨])(?!(?:[余多几来]?(?:瓦|千瓦|克|米|平|台|人|套|件|只|吨|伏|方|辆|"
    r"张|斤|户|亩|次|家|条|粒|片|份|卡|名|点位?|像素|转(?!介)|"
    r"公里|小时|位|员工|用户|册|支|根|头|栋|层|屏|显示|屏幕|电视|寸|门|路|号|期|年|个月|个人|个点|"
    r"个用户|个账号|股|级|度|步|字|倍)))"
)
_TO: Final = r" {0,2}(?:-{1,2}|~|到|至|或) {0,2}"
_RANGE: Final = Pattern(
    rf"(?P<sign>[¥$])?(?P<low>{_NUMBER})(?P<low_unit>{_UNIT})?{_MONEY}?{_TO}[¥]?(?P<high>{_NUMBER})(?P<unit>{_UNIT})? ?"
    rf"(?P<money>{_MONEY})?{_MEASURED}",
    re.IGNORECASE,
)
_PAIR: Final = Pattern(
    rf"(?<![零一二三四五六七八九十百千万亿\d])(?P<low>[一两二三四五六七八])(?P<high>[二三四五六七八九])(?P<scale>[十百千]?)(?P<unit>万|"
    rf"千|百|亿)"
    rf"(?P<money>{_MONEY})?(?![\d一二三四五六七八九]){_MEASURED}"
)
_SINGLE: Final = Pattern(
    rf"(?P<negative>负|(?<=[:\s])-)?(?P<sign>[¥$]|rmb|cny|"
    rf"人民币)? ?(?P<number>{_NUMBER}) ?(?:[来多余几](?={_UNIT}))?(?:个(?=[亿万]))?(?P<unit>{_UNIT})?个?(?:[多余]|"
    rf"来(?!源|自|电|的)|左右)? ?"
    rf"(?P<money>{_MONEY})?{_MEASURED}",
    re.IGNORECASE,
)
_SPOKEN_WAN: Final = Pattern(
    rf"预算(?:是|有|在|大概|大约|约|差不多){{0,2}}(?P<number>{_NUMBER})个(?![\u4e00-\u9fff\d])"
)
_VAGUE: Final = Pattern(
    (
        r"(?:好?几|数|若干|上)(?:[十百千]{0,2})(?:亿|万|千|百|块|元|w|k)|十几(?:万|亿|w)|"
        r"[一二三四五六七八九]?十几万"
    ),
    re.IGNORECASE,
)
_FOREIGN: Final = Pattern(r"^\s?(?:美元|美金|美刀|刀|欧元?|日元|港币|港元|英镑|usd|eur|hkd|jpy)|^\s?\$", re.IGNORECASE)
_AMOUNT_WORD: Final = Pattern(
    r"(?:预算|金额|预估|预计|预期|合同额|采购额|成交额|标的|总价|造价|总额|费用|投入|投资|价格|报价|报|"
    r"大概|大约|约|左右|差不多|budget|amount)"
    r"(?:金额|预算|"
    r"额)?(?:\((?:[^)]{0,8})\))?(?:[\s:=是为在有给了不超过最多大概大约约近上下控制到少于低至将差预计估算]{0,10})[¥]?$",
    re.IGNORECASE,
)
_OTHER_MONEY: Final = Pattern(
    r"(?:注册资[本金]|实缴|产值|营收|营业额|销售额|年销|年入|流水|市值|估值|融资|定金|首付|押金|单价|"
    r"月薪|年薪|工资|罚款|余额|罚|奖金|提成|手续费|运费)"
    r"[^,。;\n]{0,6}$"
)
_BEFORE: Final = 24


def find_amounts(text: str) -> tuple[Found[Amount | FieldProblem], ...]:
    """
    Return the sums in a folded text, best first: announced as a budget or amount before the others.
    """
    taken: list[tuple[int, Found[Amount | FieldProblem]]] = []
    for rank, found in _candidates(text):
        if not any(found.start < other.end and other.start < found.end for _, other in taken):
            taken.append((rank, found))
    return tuple(found for _, found in sorted(taken, key=lambda one: (one[0], one[1].start)))


def parse_amount(text: str) -> Amount | FieldProblem:
    """
    Read a folded text that is meant to be one amount; a bare number counts as yuan from 1,000 up.
    """
    raw = text.strip()
    if re.match(rf"(?:[^\d]{{0,6}})(?:-|负)\s?[¥]?{_NUMBER}", raw) and not re.search(
        rf"{_NUMBER}\s?(?:{_UNIT})?-", raw
    ):
        return FieldProblem("amount", "amount_negative", raw)
    found = find_amounts(f"金额:{raw}")
    return found[0].value if found else FieldProblem("amount", "amount_unclear", raw)


def _candidates(text: str) -> Iterator[tuple[int, Found[Amount | FieldProblem]]]:
    for vague in _VAGUE.finditer(text):
        if _rank(text, vague.start()) == 0:
            yield 0, Found(FieldProblem("amount", "amount_unclear", vague.group()), vague.start(), vague.end())
    for match in _SPOKEN_WAN.finditer(text):
        number = read_number(match["number"])
        if number is not None and (spoken := _amount(number * _UNITS["万"])):
            yield 0, Found(spoken, match.start("number"), match.end())
    for pattern, read in ((_PAIR, _read_pair), (_RANGE, _read_range), (_SINGLE, _read_single)):
        for match in pattern.finditer(text):
            rank = _rank(text, match.start())
            value = None if rank is None else read(match, announced=rank == 0)
            if value is None or rank is None:
                continue
            if _FOREIGN.match(text[match.end() : match.end() + 4]) or match.groupdict().get("sign") == "$":
                value = FieldProblem("amount", "amount_unclear", match.group().strip())
            said = match.group()
            yield rank, Found(value, match.start() + len(said) - len(said.lstrip()), match.start() + len(said.rstrip()))


def _rank(text: str, at: int) -> int | None:
    """
    Say how surely money at this place is the expected amount: 0 announced, 1 bare, None some other money.
    """
    before = text[max(0, at - _BEFORE) : at]
    if _OTHER_MONEY.search(before) or before[-1:].isdigit() or re.search(r"[a-z.]$", before, re.IGNORECASE):
        return None
    return 0 if _AMOUNT_WORD.search(before) else 1


def _read_pair(match: re.Match[str], *, announced: bool) -> Amount | FieldProblem | None:
    low, high = read_number(match["low"]), read_number(match["high"])
    if (
        low is None
        or high is None
        or high - low not in {1, 2}
        or not (announced or match["unit"] in "万亿" or match["money"])
    ):
        return None
    scale = _UNITS[match["unit"]] * int(read_number(match["scale"]) or 1)
    return _amount(low * scale, high * scale)


def _read_range(match: re.Match[str], *, announced: bool) -> Amount | FieldProblem | None:
    high_text, unit = _split_unit(match["high"], match["unit"])
    low_text, low_unit = _split_unit(match["low"], match["low_unit"])
    low, high = read_number(low_text), read_number(high_text)
    if low is None or high is None or not (unit or match["money"] or match["sign"] or (announced and low >= 1000)):
        return None
    if not announced and unit in {"k", "千", "百"} and not match["money"]:
        return None
    spelled_out = low >= _UNITS["万"]
    low_fen, high_fen = low * _UNITS[low_unit or ("" if spelled_out else unit)], high * _UNITS[unit]
    return _amount(low_fen, high_fen) if low_fen < high_fen else None


def _split_unit(number: str, unit: str | None) -> tuple[str, str]:
    """
    Take the unit off a Chinese number (三十万 is 三十 and 万), so that it can serve both ends of a range.
    """
    if unit or number[-1] not in "万亿" or len(number) == 1:
        return number, (unit or "").lower()
    return number[:-1], number[-1]


def _read_single(match: re.Match[str], *, announced: bool) -> Amount | FieldProblem | None:
    number = read_number(match["number"])
    if number is None:
        return None
    unit = (match["unit"] or "").lower()
    scaled = number * _UNITS[unit]
    han_large = not match["number"][0].isascii() and scaled >= 10**4
    thousands = unit == "k" and number >= _LEAST_BARE_K
    certain = (
        unit in {"万", "w", "亿", "百万", "千万", "十万"} or match["money"] or match["sign"] or han_large or thousands
    )
    if not certain and not (announced and (unit or scaled >= 1000)):
        return None
    if match["negative"]:
        return FieldProblem("amount", "amount_negative", match.group().strip())
    return _amount(scaled)


def _amount(low: Decimal, high: Decimal | None = None) -> Amount | None:
    if max(low, high or low) > _MOST:
        return None
    return Amount(int(low * 100), None if high is None else int(high * 100))
