"""
Bakes the big character tables of the duplicate check: folded pinyin, traditional to simplified, and look-alikes.

The product reads only the tables, so that it starts without pypinyin (0.3 s) and needs no conversion library and no
fonts. Run again when pypinyin, OpenCC or the fonts change; needs numpy and Pillow:

    python -m bench.build_tables TSCharacters.txt NotoSansCJK-Regular.ttc NotoSerifCJK-Regular.ttc
"""

import sys
import unicodedata
from collections import defaultdict
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont
from pypinyin.constants import PINYIN_DICT

DATA = Path(__file__).parents[1] / "domain" / "data"
HANZI = (range(0x3400, 0x4DC0), range(0x4E00, 0xA000))
FOLDS = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ing", "in"), ("eng", "en"), ("ang", "an"))
SIMPLIFIED_FACE = 2
CONFUSED = 0.88
NEIGHBOURS = 8
# Characters whose first dictionary reading is not the one heard in names of companies and places.
NAME_READINGS = {
    "行": "hang", "长": "chang", "重": "zhong", "乐": "le", "厦": "sha", "朝": "chao", "都": "du", "盛": "sheng",
    "藏": "zang", "曾": "zeng", "石": "shi", "车": "che", "番": "fan", "调": "diao", "角": "jiao", "系": "xi",
    "给": "gei", "降": "jiang", "参": "can", "弹": "dan", "传": "chuan", "卡": "ka", "呢": "ni", "家": "jia",
}  # fmt: skip


def fold(syllable: str) -> str:
    """
    One spelling for the sounds that southern speakers and input methods do not tell apart.
    """
    for wide, narrow in FOLDS:
        syllable = syllable.replace(wide, narrow)
    return syllable


def _toneless(reading: str) -> str:
    kept = (
        char for char in unicodedata.normalize("NFD", reading) if not unicodedata.combining(char) or char == "\u0308"
    )
    return unicodedata.normalize("NFC", "".join(kept)).replace("ü", "v").replace("ê", "e")


def pinyin_table() -> str:
    """
    One line a syllable: the syllable, a tab, the characters read so.
    """
    sounds: dict[str, list[str]] = defaultdict(list)
    for code, readings in sorted(PINYIN_DICT.items()):
        if any(code in block for block in HANZI):
            reading = NAME_READINGS.get(chr(code)) or _toneless(readings.split(",")[0])
            sounds[fold(reading)].append(chr(code))
    head = (
        "# Folded pinyin syllable and the characters read so; made by bench/build_tables.py.\n"
        "# From pypinyin (MIT License, Copyright (c) 2016 mozillazg and contributors), first readings.\n"
    )
    return head + "".join(f"{sound}\t{''.join(chars)}\n" for sound, chars in sorted(sounds.items()))


def simplification_table(opencc: str) -> str:
    """
    One line a simplified character: the character, a tab, the traditional characters written for it.
    """
    written: dict[str, list[str]] = defaultdict(list)
    for line in opencc.splitlines():
        traditional, _, choices = line.partition("\t")
        simplified = choices.split(" ")[0]
        if simplified != traditional and len(traditional) == len(simplified) == 1 and ord(simplified) < 0x10000:
            written[simplified].append(traditional)
    head = (
        "# Simplified character and the traditional ones it stands for; made by bench/build_tables.py.\n"
        "# From OpenCC TSCharacters.txt (Apache License 2.0, Copyright (c) BYVoid and contributors), first choices.\n"
    )
    return head + "".join(f"{char}\t{''.join(sorted(olds))}\n" for char, olds in sorted(written.items()))


def everyday_characters() -> list[str]:
    """
    The 6,763 hanzi of GB 2312.
    """
    codes = (bytes((row, cell)) for row in range(0xB0, 0xF8) for cell in range(0xA1, 0xFF))
    return [char for code in codes if (char := code.decode("gb2312", "ignore"))]


def _pictures(chars: list[str], font_path: str) -> np.ndarray:
    """
    One blurred picture a row, centred and of length one, so that products of rows are correlations.
    """
    font = ImageFont.truetype(font_path, 40, index=SIMPLIFIED_FACE)
    rows = []
    for char in chars:
        picture = Image.new("L", (48, 52))
        ImageDraw.Draw(picture).text((4, -4), char, fill=255, font=font)
        rows.append(np.asarray(picture.filter(ImageFilter.GaussianBlur(1.6)), dtype=np.float32).ravel())
    pictures = np.array(rows)
    pictures -= pictures.mean(axis=1, keepdims=True)
    unit: np.ndarray = pictures / np.linalg.norm(pictures, axis=1, keepdims=True)
    return unit


def lookalike_table(fonts: list[str]) -> str:
    """
    One line a character: the character, a tab, the characters whose printed pictures are nearest.
    """
    chars = everyday_characters()
    likeness = sum(pictures @ pictures.T for pictures in (_pictures(chars, font) for font in fonts)) / len(fonts)
    np.fill_diagonal(likeness, 0)
    head = (
        "# Characters whose printed pictures are easily confused; made by bench/build_tables.py from the pictures of\n"
        "# Noto Sans CJK and Noto Serif CJK (SIL Open Font License 1.1).\n"
    )
    table = [head]
    for char, row in zip(chars, likeness, strict=True):
        nearest = [chars[at] for at in np.argsort(-row)[:NEIGHBOURS] if row[at] >= CONFUSED]
        table += [f"{char}\t{''.join(nearest)}\n"] if nearest else []
    return "".join(table)


def main(argv: list[str]) -> None:
    """
    Write the tables.
    """
    (DATA / "pinyin.txt").write_text(pinyin_table(), encoding="utf-8")
    opencc = Path(argv[0]).read_text(encoding="utf-8")
    (DATA / "simplified.txt").write_text(simplification_table(opencc), encoding="utf-8")
    (DATA / "glyphs.txt").write_text(lookalike_table(argv[1:]), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
