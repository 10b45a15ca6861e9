"""
How a Chinese name is written and how it sounds: one spelling for all scripts, one code point for each syllable.

Traditional and full-width characters, punctuation, digits and everyday short forms become one spelling; the sound is
pinyin without tones, folded for what southern speakers and input methods mix up. Both come from tables baked by
`bench/build_tables.py`. What the parts of a name mean belongs to `company_name`.
"""

import re
import unicodedata
from functools import cache
from typing import Final

from domain.data import lines

NUMERALS: Final = "零一二三四五六七八九"
EVERYDAY_ENDS: Final = frozenset("中小院所局")
FIRST_SYLLABLE: Final = 0xE000
MARKS: Final = "()"


@cache
def syllable_table() -> tuple[dict[int, int], dict[str, int]]:
    """
    Character to syllable, and folded spelling to syllable; a syllable is a code point of the private use area.
    """
    by_character: dict[int, int] = {}
    by_sound: dict[str, int] = {}
    for number, line in enumerate(lines("pinyin.txt")):
        sound, characters = line.split("\t")
        by_sound[sound] = FIRST_SYLLABLE + number
        by_character.update(dict.fromkeys(map(ord, characters), FIRST_SYLLABLE + number))
    return by_character, by_sound


def fold_sound(sound: str) -> str:
    """
    One spelling for the sounds that southern speakers and input methods do not tell apart.
    """
    for wide, narrow in (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ing", "in"), ("eng", "en"), ("ang", "an")):
        sound = sound.replace(wide, narrow)
    return sound


@cache
def _readings() -> tuple[re.Pattern[str], dict[str, str]]:
    _, by_sound = syllable_table()
    read = dict(line.split("\t") for line in lines("readings.txt"))
    spoken = {word: "".join(chr(by_sound[fold_sound(sound)]) for sound in text.split()) for word, text in read.items()}
    return re.compile("|".join(spoken)), spoken


def syllables_of(text: str) -> str:
    """
    The sound of a text: a folded syllable for each Chinese character, other characters as they are.
    """
    pattern, spoken = _readings()
    return pattern.sub(lambda match: spoken[match[0]], text).translate(syllable_table()[0])


@cache
def _letters() -> dict[int, str]:
    return {code: sound + " " for sound, code in syllable_table()[1].items()}


def readable(text: str) -> str:
    """
    A text in which syllables are written in letters, for people: the core of a name typed in pinyin is all syllables.
    """
    return text.translate(_letters()).rstrip()


@cache
def _spelling_table() -> dict[int, str | None]:
    table: dict[int, str | None] = {
        code: None for code in range(0x10000) if unicodedata.category(chr(code))[0] in "ZCPS" and chr(code) not in MARKS
    }
    for line in lines("simplified.txt"):
        simplified, traditional = line.split("\t")
        table.update(dict.fromkeys(map(ord, traditional), simplified))
    table.update(zip(map(ord, "【[〔〈《"), "(" * 5, strict=True))
    table.update(zip(map(ord, "】]〕〉》"), ")" * 5, strict=True))
    table.update(zip(map(ord, "0123456789"), NUMERALS, strict=True))
    return table


_COUNTED: Final = re.compile(r"第(\d{1,2})(?!\d)|(?<![\da-z])(\d{1,2})(?=[中小院局厂所处店]|分[公店厂校院]|公司$)")
_ENGLISH_FORM: Final = re.compile(
    r"\b(?:co|company|ltd|limited|inc|corp|corporation|gmbh|llc|plc|pte|pty|group|holdings?|ag)\b[.,]*"
)


_ENGLISH_BEFORE_CHINESE: Final = re.compile(r"^[a-z][a-z0-9 .,&'()-]{7,}(?=[\u4e00-\u9fff]{4})")
_MISREAD_FORM: Final = re.compile(r"[有友][限跟艰眼线]公[司可同词句]")
_EVERYDAY: Final = (
    (re.compile(r"第?([一二三四五六七八九十百零]+)(中|小)$"), r"第\1\2学"),
    (re.compile(r"(?:附属第([一二三四五六七八九十]+)|第?([一二三四五六七八九十]+)附)(?:属)?医?院$"), r"第\1\2附属医院"),
    (re.compile(r"附(院|中|小)$"), lambda match: "附属" + {"院": "医院", "中": "中学", "小": "小学"}[match[1]]),
    (re.compile(r"第?([一二三四五六七八九十]+)(?:研究)?所$"), r"第\1研究所"),
    (re.compile(r"第?([一二三四五六七八九十]+)(?:工程)?局(?=$|集团|有限|股份)"), r"\1局"),
    (re.compile(r"工程局"), "局"),
    (re.compile(r"^国家税务总局(?=..)"), ""),
    (re.compile(r"市(?:场)?监(?:督)?(?:管理)?局"), "市场监督管理局"),
)


def spell(name: str) -> str:
    """
    The name in one spelling: half-width, lower-case, simplified, no spaces or punctuation except brackets.

    Short forms that everybody reads alike are written out: 二中 is 第二中学, 一附院 is 第一附属医院.
    """
    text = unicodedata.normalize("NFKC", name).lower().strip()
    text = _COUNTED.sub(_count_in_chinese, text)
    if text[:1].isascii():
        text = _ENGLISH_BEFORE_CHINESE.sub("", text)
        without_form = _ENGLISH_FORM.sub(" ", text)
        text = text if without_form.isspace() else without_form
    text = text.translate(_spelling_table())
    if "公" in text and "有限公司" not in text:
        text = _MISREAD_FORM.sub("有限公司", text)
    if text[-1:] in EVERYDAY_ENDS or "局" in text:
        for pattern, written in _EVERYDAY:
            text = pattern.sub(written, text)
    return text


def _count_in_chinese(match: re.Match[str]) -> str:
    number = int(match[1] or match[2])
    tens, ones = divmod(number, 10)
    word = (
        NUMERALS[number] if number < 10 else ("" if tens == 1 else NUMERALS[tens]) + "十" + NUMERALS[ones] * (ones > 0)
    )
    return "第" + word if match[1] else word


def romanised(name: str) -> str:
    """
    The syllables of a name written in pinyin ("hong da ke ji", "hongdakeji"), "" when it is anything else.
    """
    by_sound = syllable_table()[1]
    spoken: list[str] = []
    for token in name.split():
        rest = token
        while rest:
            size = next(
                (size for size in range(6, 1, -1) if size <= len(rest) and fold_sound(rest[:size]) in by_sound), 0
            )
            size = size or (1 if rest[0] in "aeo" else 0)
            if not size:
                return ""
            spoken.append(chr(by_sound[fold_sound(rest[:size])]))
            rest = rest[size:]
    return "".join(spoken) if len(spoken) > 2 else ""
