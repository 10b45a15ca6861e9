"""
Spelling variants folded away character by character.

Every position in a folded text is the same position in the original: a recogniser reads the folded text and cuts its
finding out of the original. `fold` unifies widths, brackets, dashes and the traditional characters of labels and
common names; `fold_digits` also turns dictated digits (幺三八…) and the usual slips of text recognition in long numbers
(O for 0, l for 1) into digits.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from domain.text.patterns import Pattern

_FULL_WIDTH: Final = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_ALIKE: Final = {
    ord(one): plain
    for group, plain in (
        ("\u3000\xa0\t", " "),
        ("【〔「『〖[", "["),
        ("】〕」』〗]", "]"),
        ("－—–−‐‑―─", "-"),
        ("～〜∼", "~"),
        ("“”„＂", '"'),
        ("‘’＇", "'"),
        ("｜│┃￤¦", "|"),
        ("﹕∶꞉", ":"),
        ("、", "、"),
        ("￥", "¥"),
        ("﹐", ","),
        ("。｡", "。"),
    )
    for one in group
}
_TRADITIONAL: Final = str.maketrans(
    "戶稱聯繫絡電話機號碼職務預額來區業備報單員經總監師陳張劉楊黃趙吳馬羅鄭謝許鄧馮蕭葉蘇呂盧蔣賈鍾譚陸韋鄒龍萬錢湯顧賴團廠學醫設術實際終戶買購採進紹傳郵網頁國東廣華雲軟電腦興達發資訊數據會議論類車應對開這兩個們",
    "户称联系络电话机号码职务预额来区业备报单员经总监师陈张刘杨黄赵吴马罗郑谢许邓冯萧叶苏吕卢蒋贾钟谭陆韦邹龙万钱汤顾赖团厂学医设术实际终户买购采进绍传邮网页国东广华云软电脑兴达发资讯数据会议论类车应对开这两个们",
)
_TABLE: Final = _FULL_WIDTH | _ALIKE | _TRADITIONAL
_SPOKEN: Final = dict(
    zip("零〇○洞一壹幺二贰两三叁四肆五伍六陆七柒拐八捌九玖勾", ("00001112223344556677788999"), strict=True)
)
_SPOKEN_RUN: Final = Pattern(rf"[{''.join(_SPOKEN)}\d](?:[ \-,]{{0,2}}[{''.join(_SPOKEN)}\d]){{6,19}}")
_MOBILE: Final = Pattern(r"1[3-9](?:[ \-,]{0,2}\d){9}")
_LANDLINE: Final = Pattern(r"0\d(?:[ \-,]{0,2}\d){8,10}|[48]00(?:[ \-,]{0,2}\d){7}")
_UNUSUAL: Final = Pattern("[^\x00-\x7f\u3000-\u303f\u4e00-\u9fff]+")
_SLIPS: Final = str.maketrans("OoDQlI|!", "00001111")
_SLIPPED_EXTENSION: Final = Pattern(
    r"(?<=\d)(?: {0,2}(?:转|ext\.?:?) {0,2})(?=[OoDQlI]*\d)[0-9OoDQlI]{1,6}(?![A-Za-z\d])", re.IGNORECASE
)
_LONG_ENOUGH: Final = 7
_SLIPPED_RUN: Final = Pattern(
    r"(?<![A-Za-z@.\-_/])[+]?[0-9OoDQlI](?:[ \-()]{0,2}[0-9OoDQlI|"
    r"!]){5,15}[ \-()]{0,2}[0-9OoDQlI](?![A-Za-z@_])"
)


def fold(text: str) -> str:
    """
    Return the text with widths, brackets, dashes and symbols unified; same length, same positions.
    """
    return _UNUSUAL.sub(_unadorned, text.translate(_TABLE))


def _unadorned(match: re.Match[str]) -> str:
    """
    Put a space for each emoji, symbol and joining mark, so that they separate and never join.
    """
    return "".join(" " if unicodedata.category(one) in {"So", "Sk", "Mn", "Cf"} else one for one in match.group())


def fold_digits(folded: str) -> str:
    """
    Return the folded text with dictated digits and slips in long numbers turned into digits; same length.
    """
    characters = list(folded)
    for run in _SPOKEN_RUN.finditer(folded):
        for start, end in _dictated(run.group()):
            at = run.start()
            characters[at + start : at + end] = (_SPOKEN.get(one, one) for one in folded[at + start : at + end])
    return _SLIPPED_EXTENSION.sub(_mend_extension, _SLIPPED_RUN.sub(_mend, "".join(characters)))


def _dictated(run: str) -> Iterator[tuple[int, int]]:
    """
    Find the phone inside a run of digits, so that 张三 before it and 五十万 after it keep their own meaning.
    """
    digits = "".join(_SPOKEN.get(one, one) for one in run)
    if digits == run:
        return
    found = _MOBILE.search(digits) or _LANDLINE.search(digits)
    if found:
        yield found.span()


def _mend_extension(run: re.Match[str]) -> str:
    text = run.group()
    at = len(text.rstrip("0123456789OoDQlI"))
    return text[:at] + text[at:].translate(_SLIPS)


def _mend(run: re.Match[str]) -> str:
    """
    Mend one long number; a bar or a cry beside a number that is long enough by itself separates (…|13898412345|…).
    """
    text = run.group()
    if any(sum(map(str.isdigit, part)) >= _LONG_ENOUGH for part in re.split(r"[|!]", text)[:-1]):
        return text
    return text.translate(_SLIPS) if sum(map(str.isdigit, text)) >= 5 else text
