"""
Places of China: what a region in a message is called, and which province it lies in.

The canonical form of a region is what was said, in short names from large to small without 省, 市, 区, 县:
浙江省杭州市 is 浙江杭州, 杭州 stays 杭州, 余杭区 is 余杭; sales areas such as 华东 stand for themselves.
Nothing is derived: who says only 杭州 gets 杭州. A short county name counts as a place in running text only
after its parent or when it is a well-known county-level city, because counties share their names with
brands (永昌, 德兴) and with each other (朝阳).
Whether a company name begins with a region is decided elsewhere, from the name sets of this module.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from itertools import chain
from typing import Final, NamedTuple

AREAS: Final = frozenset("华东 华南 华北 华中 西南 西北 东北 长三角 珠三角 大湾区 京津冀 海外 东南亚".split())
# County-level cities that people name without their prefecture, and districts that were such cities.
WELL_KNOWN_COUNTIES: Final = frozenset(
    (
        "义乌 昆山 江阴 张家港 常熟 太仓 宜兴 慈溪 余姚 晋江 石狮 南安 福清 玉环 瑞安 乐清 诸暨 海宁 桐乡 "
        "平湖 嵊州 温岭 临海 东阳 永康 兰溪 龙港 建德 启东 如皋 海门 东台 靖江 泰兴 丹阳 扬中 句容 溧阳 邳州 "
        "新沂 仪征 高邮 即墨 胶州 平度 莱西 寿光 青州 诸城 高密 滕州 龙口 招远 莱州 荣成 乳山 邹城 曲阜 肥城 "
        "章丘 新郑 巩义 荥阳 新密 登封 长葛 禹州 林州 济源 浏阳 宁乡 醴陵 仙桃 潜江 天门 大冶 枝江 仁怀 "
        "都江堰 简阳 彭州 崇州 江油 广汉 什邡 顺德 南海 番禺 增城 从化 花都 余杭 萧山 临平 富阳 临安 鄞州 "
        "北仑 镇海 奉化 柯桥 上虞 浦东 嘉定 松江 青浦 奉贤 闵行 徐汇 静安 吴江 江宁 浦口 武进 迁安 三河 定州 "
        "辛集 任丘 霸州 涿州 晋州 遵化 武安 瓦房店 庄河 海城 延吉 公主岭 韩城 神木 石河子 库尔勒 喀什 景洪 "
        "安宁 凯里 陵水 琼海 文昌 雄安新区 滨海新区"
    ).split()
)


class Place(NamedTuple):
    """
    One administrative division; `level` is 0 for a province, 1 for a prefecture, 2 for a county.
    """

    short: str
    official: str
    province: str
    prefecture: str
    level: int


@dataclass(frozen=True, slots=True)
class RegionFound:
    """
    A region in a text: its canonical name, the same without the county, and the span that named it.
    """

    name: str
    wide: str
    start: int
    end: int


@lru_cache(maxsize=1)
def places() -> dict[str, tuple[Place, ...]]:
    """
    Every place by its official and by its short name, larger places first.
    """
    found: dict[str, tuple[Place, ...]] = {}
    levels: tuple[list[Place], ...] = ([], [], [])
    for place in _read():
        levels[place.level].append(place)
    for place in chain(*levels):
        for name in (place.short, place.official) if place.short != place.official else (place.short,):
            found[name] = (*found.get(name, ()), place)
    return found


def _read() -> Iterator[Place]:
    text = files("domain.text.data").joinpath("regions.txt").read_text(encoding="utf-8")
    seen = ""
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        first, second, counties = line.split("\t")
        province, home = first.split("=")
        prefecture, city = second.split("=") if second else ("", "")
        if province != seen:
            seen = province
            yield Place(home, province, home, "", 0)
        if prefecture and prefecture != province:
            yield Place(city, prefecture, home, city, 1)
        for county in counties.split():
            official, short = county.split("=")
            yield Place(short, official, home, city, 2)


def _names(level: int) -> frozenset[str]:
    return frozenset(place.short for several in places().values() for place in several if place.level == level)


def _province_of() -> dict[str, str]:
    homes: dict[str, str] = {}
    for name, (largest, *others) in places().items():
        if all(place.level > largest.level or place.province == largest.province for place in others):
            homes[name] = largest.province
    return homes


PROVINCE_NAMES: Final = _names(0)
COUNTY_NAMES: Final = _names(2)
REGION_NAMES: Final = PROVINCE_NAMES | _names(1) | WELL_KNOWN_COUNTIES
"""
Short names safe to read as a place wherever they stand: provinces, prefectures, well-known county-level cities.
"""
PROVINCE_OF: Final = _province_of()
"""
Province (short) of each place by short or official name; names that several provinces share at their highest level
are absent.
"""
_BRANDS: Final = frozenset({"阿里"})
_LONGEST: Final = max(map(len, places()))
_STARTS: Final = frozenset(name[:2] for name in (*places(), *AREAS))


def canonical_region(text: str) -> str | None:
    """
    Return the canonical name when the whole text is one region, else None; any county name counts here.
    """
    bare = re.sub(r"[\s,，、/·.\-—>]+", "", text).removeprefix("中国")
    bare = bare.removesuffix("地区") if bare.removesuffix("地区") in REGION_NAMES | AREAS else bare
    if bare.removesuffix("区") in AREAS:
        return bare.removesuffix("区")
    found = _chain(bare, 0, loose=True)
    return found.name if found and found.end == len(bare) else None


def find_regions(text: str) -> tuple[RegionFound, ...]:
    """
    Return the regions named in running text, left to right.
    """
    found: list[RegionFound] = []
    at = 0
    while at < len(text):
        here = _area(text, at) or _chain(text, at, loose=False) if text[at : at + 2] in _STARTS else None
        if here:
            found.append(here)
        at = here.end if here else at + 1
    return tuple(found)


def _area(text: str, at: int) -> RegionFound | None:
    name = next((text[at : at + size] for size in (3, 2) if text[at : at + size] in AREAS), None)
    if not name:
        return None
    end = at + len(name)
    return RegionFound(name, name, at, end + 1 if text[end : end + 1] == "区" else end)


def _chain(text: str, at: int, *, loose: bool) -> RegionFound | None:
    """
    Read a place and the smaller places that follow it directly: 浙江省杭州市余杭区.
    """
    parents = _longest(text, at, loose=loose)
    if not parents:
        return None
    end, candidates = parents
    chain_of = [candidates[0]]
    while len(chain_of) < 3 and (inner := _child(text, end, candidates)):
        end, candidates = inner
        if candidates[0].short != chain_of[-1].short:
            chain_of.append(candidates[0])
    wide = [place.short for place in chain_of if place.level < 2 or place.official.endswith("市")] or [
        chain_of[0].short
    ]
    return RegionFound("".join(place.short for place in chain_of), "".join(wide), at, end)


def _longest(text: str, at: int, *, loose: bool) -> tuple[int, tuple[Place, ...]] | None:
    for size in range(min(_LONGEST, len(text) - at), 1, -1):
        name = text[at : at + size]
        several = places().get(name)
        if several and (loose or (name in REGION_NAMES and name not in _BRANDS) or several[0].official == name):
            return at + size, several
    return None


def _child(text: str, at: int, parents: tuple[Place, ...]) -> tuple[int, tuple[Place, ...]] | None:
    for size in range(min(_LONGEST, len(text) - at), 1, -1):
        inside = tuple(
            place
            for place in places().get(text[at : at + size], ())
            if any(_within(place, parent) for parent in parents)
        )
        if inside:
            return at + size, inside
    return None


def _within(place: Place, parent: Place) -> bool:
    if place.level <= parent.level or place.province != parent.province:
        return False
    return parent.level == 0 or place.prefecture == parent.short
