"""
Phone numbers in a message: mobiles, landlines with extension, service numbers, and what only looks like one.

Values are bare digits for mobiles and service numbers (13800001111, 4008208820), area code and number with hyphens for
landlines (0571-88886666-801). Fax, bank account, identity, order, QQ and postal numbers are never phones.
Whether a number exists is not asked: a mobile is 11 digits beginning with 13 to 19.
"""

import re
from collections.abc import Iterator
from typing import Final

from domain.text.found import FieldProblem, Found
from domain.text.patterns import Pattern

_GAP: Final = r"[ \-.]{0,2}"
_EXTENSION: Final = r"(?: {0,2}(?:-|转|轉|#|\*|ext\.?:?|x|分机号?:?|\(转?) {0,2}(?P<ext>\d{1,6})(?!\d)\)?)?"
_COUNTRY: Final = r"(?:(?:\(?(?:\+|00) ?86\)?|(?<!\d)86)[ \-]{0,2}(?:\(0\))?)?"
_MOBILE: Final = Pattern(rf"(?<![\d.]){_COUNTRY}(?P<mobile>1[3-9]\d(?:{_GAP}\d){{8}})(?!\d)(?!-\d{{2,3}}-)", re.ASCII)
_LANDLINE: Final = Pattern(
    rf"(?<![\d.])(?:(?:\(?(?:\+|00) ?86\)?|86)[ \-]{{0,2}}\(?0?(?P<abroad>10|2\d|[3-9]\d{{2}})|"
    rf"\(?(?P<area>0(?:10|2\d|[3-9]\d{{2}})))"
    rf"\)?[ \-]{{0,3}}(?P<number>[2-8]\d{{2,3}}[ \-]?\d{{4}}){_EXTENSION}(?!\d)",
    re.ASCII | re.IGNORECASE,
)
_SERVICE: Final = Pattern(
    rf"(?<![\d.])(?P<service>[48]00(?:{_GAP}\d){{7}}){_EXTENSION}(?!\d)", re.ASCII | re.IGNORECASE
)
_LOCAL: Final = Pattern(
    rf"(?<![\d.\-])(?P<local>[2-8]\d{{2,3}}[ \-]?\d{{4}}){_EXTENSION}(?!\d)", re.ASCII | re.IGNORECASE
)
_FOREIGN: Final = Pattern(r"\+(?!86)(?P<foreign>\d{1,3}(?:[ \-]?\d){7,11})(?!\d)", re.ASCII)
_ALMOST: Final = Pattern(r"(?<![\d.])(?P<almost>1[3-9]\d(?:[ \-]?\d){6,10})(?!\d)", re.ASCII)
_NOT_A_PHONE: Final = Pattern(
    r"(?:传\s?真|fax|(?<![a-z])f|qq|扣扣|q群|群号|邮编|邮政编码|postcode|p\.?c\.?|zip|账\s?号|帐\s?号|"
    r"账户|帐户|卡号|银行|开户行|a/?c|税号|识别号|信用代码|"
    r"身份证号?码?|订单号?|单号|运单号?|快递|编号|号段|合同号|工号|验证码|型号|版本|流水号?|id|no\.?|"
    r"序列号|注册号|执照号?)"
    r"(?:号码|号)?[\s:.\-=是为#()]{0,5}$",
    re.IGNORECASE,
)
_PHONE_WORD: Final = Pattern(
    r"(?:电\s?话|手\s?机|座机|固话|总机|热线|直线|号码|联系方式|tel(?:ephone)?|phone|(?<![a-z])[tp]|办|"
    r"office|打)"
    r"(?:号码|号)?(?:\([^)]{0,8}\))?[\s:.\-=是为/]{0,4}$",
    re.IGNORECASE,
)
_BEFORE: Final = 24


def find_phones(digits: str) -> tuple[Found[str], ...]:
    """
    Return the phones of a text already passed through `fold_digits`, in order of appearance.
    """
    taken: list[Found[str]] = []
    for found in _candidates(digits):
        if any(found.start < other.end and other.start < found.end for other in taken):
            continue
        taken.append(found)
    return tuple(sorted(taken, key=lambda found: found.start))


def noise_numbers(digits: str) -> tuple[Found[str], ...]:
    """
    Return the long numbers that are announced as something else: fax, account, order, QQ.
    """
    runs = re.finditer(r"[+(]?\d(?:[\d \-()]{5,24})\d(?!\d)", digits)
    return tuple(
        Found(run.group(), run.start(), run.end()) for run in runs if _announced(digits, run.start(), _NOT_A_PHONE)
    )


def phone_problem(digits: str) -> Found[FieldProblem] | None:
    """
    Return the first number that wants to be a mobile but has too few or too many digits.
    """
    for almost in _ALMOST.finditer(digits):
        if _announced(digits, almost.start(), _NOT_A_PHONE):
            continue
        count = sum(map(str.isdigit, almost.group()))
        if count != 11 and (_announced(digits, almost.start(), _PHONE_WORD) or count in {10, 12}):
            problem = FieldProblem("phone", "phone_digits", almost.group().strip())
            return Found(problem, almost.start(), almost.end())
    return None


def main_phone(phones: tuple[str, ...]) -> str | None:
    """
    Choose the number to call first: a mobile, else the first.
    """
    return next((phone for phone in phones if is_mobile(phone)), phones[0] if phones else None)


def is_mobile(phone: str) -> bool:
    return re.fullmatch(r"1[3-9]\d{9}", phone, re.ASCII) is not None


def _candidates(digits: str) -> Iterator[Found[str]]:
    for pattern in (_MOBILE, _LANDLINE, _SERVICE, _FOREIGN):
        for match in pattern.finditer(digits):
            if not _announced(digits, match.start(), _NOT_A_PHONE):
                yield Found(_spell(match), match.start(), match.end())
    for match in _LOCAL.finditer(digits):
        if _announced(digits, match.start(), _PHONE_WORD):
            yield Found(_spell(match), match.start(), match.end())


def _announced(digits: str, at: int, words: Pattern) -> bool:
    line = digits.rfind("\n", 0, at) + 1
    return words.search(digits[max(line, at - _BEFORE) : at]) is not None


def _spell(match: re.Match[str]) -> str:
    parts = match.groupdict()
    if parts.get("foreign"):
        return "+" + _only_digits(parts["foreign"])
    area = parts.get("area") or (f"0{parts['abroad']}" if parts.get("abroad") else "")
    main = next(parts[name] for name in ("mobile", "service", "number", "local") if parts.get(name))
    pieces = (area, _only_digits(main), parts.get("ext") or "")
    return "-".join(piece for piece in pieces if piece)


def _only_digits(text: str) -> str:
    return "".join(filter(str.isdigit, text))
