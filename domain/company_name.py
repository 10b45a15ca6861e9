"""
What a Chinese company name says: the place, the distinctive part, the trade, the legal form, the branch.

People write one company in many ways: 杭州市云图科技有限公司, 云图科技（杭州）有限责任公司, 雲圖科技, "yun tu ke ji".
`normalise` takes a name apart so that the ways meet; `dedup` decides what the parts mean together. Spelling and
sound are `company_spelling`; place names come from `domain.text.regions`, the other words from `domain/data`.
Comparing names, phones and other evidence do not belong here.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Final

from domain.company_spelling import romanised, spell, syllables_of
from domain.company_words import PLACELESS, Form, is_general, legal_forms, split_form, well_known
from domain.data import words
from domain.text.regions import REGION_NAMES, Place, places

REMEMBERED_NAMES: Final = 4096
"""A name is taken apart when it is checked and again when it is indexed."""
COUNTRY: Final = frozenset({"中国", "中华", "国家", "全国", "国际"})
BRANCH_ENDS: Final = (
    "分公司 分行 支行 分院 分校 分部 分店 分厂 分社 分所 办事处 营业部 营业厅 门店 旗舰店 直营店 校区 院区"
)


@dataclass(frozen=True, slots=True)
class CompanyName:
    """
    A name taken apart; every part is simplified, lower-case and without punctuation, "" where the name is silent.

    `text` is the whole name as spelled, `core` what lies between place and legal form, split into `brand` and
    `industry`; a name of only general words (第一人民医院) has no brand. `region` is a path from large to small
    (浙江/杭州/余杭). `form` is company, group, partnership or sole, or the closing word of another undertaking (厂).
    `branch` is what tells a branch from others (上海, 一, or 分 for an unnamed one). `known` is the common name of
    an enterprise that everybody calls by several names, `house` that of the enterprise whose brand the name carries.
    `former` holds the names in brackets like （原…）.
    """

    text: str
    region: str
    core: str
    syllables: str
    brand: str
    industry: str
    form: str = ""
    branch: str = ""
    known: str = ""
    house: str = ""
    former: tuple[str, ...] = ()

    @property
    def is_group(self) -> bool:
        """
        Whether the name is that of the group rather than of one of its companies.
        """
        return self.form == "group"


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """
    The words a normaliser knows; training withholds some, because the product never knows all words of its users.
    """

    industries: frozenset[str]
    unknown_places: frozenset[str] = frozenset()


@dataclass(slots=True)
class _Parts:
    """
    What has been read of a name so far.
    """

    rest: str
    region: str = ""
    form: str = ""
    branch: str = ""
    former: list[str] = field(default_factory=list)


@cache
def vocabulary() -> Vocabulary:
    """
    All words of the tables.
    """
    return Vocabulary(industries=words("industries.txt"))


_BRACKET: Final = re.compile(r"\(([^()]*)\)?")
_FORMER: Final = re.compile(r"^(?:原名?|曾用名|前身是?|旧名|原为|原公司名)(.{2,})")
_BRANCH: Final = re.compile(rf"^(.{{0,14}}?)(?:{'|'.join(BRANCH_ENDS.split())})")
_BRANCH_AT_END: Final = re.compile(rf"(?:{'|'.join(BRANCH_ENDS.split())}|店)$")
_NUMBERED: Final = re.compile(r"第?([零一二三四五六七八九十]+)(?:号|分)?(?:厂|店|部|公司)?$")
_SOLE: Final = re.compile(r"^个体(?:工商)?户(?=..)")
_UNIT_AT_END: Final = re.compile(r"(?:公司|院|所|局|矿|站|学校|酒店|基地|项目部|事业部|工厂|[^.]店)$")
_SIDE_NOTE: Final = re.compile(
    r"(?:采购|财务|市场|行政|人事|销售|技术|研发|工程|项目|信息|商务|后勤|总务|设备|生产|质量|客服|运营)"
    r"(?:部门?|中心|处|科)$|总经办$|老客户$|新客户$|续签$|(?<=.{4})[王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗]总$"
)
_TOWN: Final = re.compile(r"(?!小镇|.小镇)[\u4e00-\u9fff]{1,3}[镇乡](?=..)|[\u4e00-\u9fff]{2,3}街道(?!办)(?=..)")
_ZONE: Final = re.compile(
    r"(?:[\u4e00-\u9fff]{0,2}高科技园区|经济技术开发区|高新技术产业开发区|高新技术开发区|高新区|经开区|开发区|工业园区|自贸区|保税区)"
)


class Normaliser:
    """
    Takes names apart with one vocabulary.
    """

    def __init__(self, known: Vocabulary) -> None:
        self._industries = known.industries
        self._unknown_places = known.unknown_places
        self._remembered = lru_cache(maxsize=REMEMBERED_NAMES)(self._take_apart)

    def normalise(self, name: str) -> CompanyName:
        """
        The parts of a name as people write it.
        """
        return self._remembered(name)

    def _take_apart(self, name: str) -> CompanyName:
        lowered = unicodedata.normalize("NFKC", name).lower().strip()
        if lowered.isascii() and len(lowered) > 4 and re.fullmatch(r"[a-z' ]+", lowered):
            sound = romanised(lowered.replace("'", " "))
            if sound:
                return self._from_sound(lowered, sound)
        text = spell(name)
        parts = _Parts(text)
        self._read_brackets(parts)
        self._read_form(parts)
        whole = parts.rest
        self._read_region_at_head(parts)
        self._read_region_at_end(parts)
        return self._finish(text.replace("(", "").replace(")", ""), whole, parts)

    def _from_sound(self, text: str, sound: str) -> CompanyName:
        region, size = next(
            ((_places_by_sound()[sound[:size]], size) for size in (4, 3, 2) if sound[:size] in _places_by_sound()),
            ("", 0),
        )
        core = sound[size:] if len(sound) - size > 1 else sound
        core = core.removeprefix(syllables_of("市")) if size and len(core) > 3 else core
        return CompanyName(text=text, region=region, core=core, syllables=core, brand=core, industry="")

    def _read_brackets(self, parts: _Parts) -> None:
        def read(match: re.Match[str]) -> str:
            return self._read_bracket(match[1], parts)

        if "(" in parts.rest:
            shortened = _BRACKET.sub(read, parts.rest)
            parts.rest = shortened if len(shortened) > 1 else parts.rest
        parts.rest = parts.rest.replace("(", "").replace(")", "")

    def _read_bracket(self, inside: str, parts: _Parts) -> str:
        """
        Take what a bracket says into the parts; the answer is what stays in the running name.
        """
        place = self.read_region(inside, 0)
        if inside == "中国" or (place and place[1] == len(inside)):
            parts.region = parts.region or (place[0] if place else "")
            return ""
        if former := _FORMER.match(inside):
            parts.former.append(former[1])
            return ""
        kind = legal_forms().get(inside)
        if kind and kind != "closing":
            parts.form = "group" if kind == "group" else parts.form
            return inside if kind == "company" else ""
        if _BRANCH_AT_END.search(inside):
            parts.branch = parts.branch or self._branch_name(_BRANCH_AT_END.sub("", inside))
        return ""

    def _read_form(self, parts: _Parts) -> None:
        parts.rest = _SIDE_NOTE.sub("", _SOLE.sub("", parts.rest)) or parts.rest
        found = split_form(parts.rest)
        if not found:
            self._read_branch_at_end(parts)
            found = split_form(parts.rest) or Form(parts.rest, "", "")
        parts.rest = found.head
        parts.form = parts.form or found.kind
        parts.branch = parts.branch or self._branch_in_tail(found.tail)
        if len(parts.rest) > 3:
            parts.rest = parts.rest.removesuffix("中国")
        if parts.form in {"", "company"} and parts.rest.endswith("集团") and len(parts.rest) > 3:
            parts.form, parts.rest = "group", parts.rest[:-2]

    def _branch_in_tail(self, tail: str) -> str:
        """
        The branch that follows a legal form; departments and remarks (采购部, 老客户) are none.
        """
        if branch := _BRANCH.match(tail):
            return self._branch_name(branch[1])
        if numbered := _NUMBERED.search(tail):
            return numbered[1]
        return self._branch_name(tail) if _UNIT_AT_END.search(tail) else ""

    def _read_branch_at_end(self, parts: _Parts) -> None:
        """
        Cut a branch off a name without legal form: 云图科技上海分公司, 工商银行杭州西湖支行.
        """
        end = _BRANCH_AT_END.search(parts.rest)
        if not end:
            return
        for at in range(2, end.start()):
            if self.read_region(parts.rest, at):
                parts.branch = parts.branch or self._branch_name(parts.rest[at : end.start()])
                parts.rest = parts.rest[:at]
                return
        numbered = re.search(r"第?[零一二三四五六七八九十]+$", parts.rest[: end.start()])
        if numbered and numbered.start() > 1:
            parts.branch = parts.branch or self._branch_name(numbered[0])
            parts.rest = parts.rest[: numbered.start()]

    def _branch_name(self, text: str) -> str:
        place = self.read_region(text, 0)
        if place:
            return (place[0].rsplit("/", 1)[-1] + text[place[1] :]) or "分"
        return _NUMBERED.sub(r"\1", text).removesuffix("市") or "分"

    def _read_region_at_head(self, parts: _Parts) -> None:
        start = 2 if parts.rest.startswith("中国") else 0
        place = self._place_before_name(parts.rest, start)
        if not place:
            return
        region, end = place
        rest = parts.rest[end:]
        if rest in PLACELESS:
            return
        parts.region = parts.region or region
        for skipped in (_ZONE, _TOWN):
            found = skipped.match(rest)
            rest = rest[found.end() :] if found and len(rest) - found.end() > 1 else rest
        if len(rest) > 1 and rest not in self._industries:
            parts.rest = rest

    def _place_before_name(self, text: str, start: int) -> tuple[str, int] | None:
        """
        The place a name begins with; a county in short form stays in the name when else only 医院 would be left.
        """
        place = self.read_region(text, start, leave=2)
        if place and text[place[1] :] in PLACELESS and text[place[1] - 1] not in "市区县省":
            outer = self.read_region(text, start, leave=2, depth=0)
            return outer if outer and outer[1] < place[1] else place
        return place

    def _read_region_at_end(self, parts: _Parts) -> None:
        """
        Cut off a place that ends the name: 中国移动通信集团浙江有限公司, 博世汽车部件苏州.
        """
        if parts.region:
            return
        for size in range(min(5, len(parts.rest) - 4), 1, -1):
            place = self.read_region(parts.rest, len(parts.rest) - size)
            if place and place[1] == len(parts.rest):
                parts.region, parts.rest = place[0], parts.rest[:-size].removesuffix("集团")
                return

    def read_region(self, text: str, at: int, *, leave: int = 0, depth: int = 2) -> tuple[str, int] | None:
        """
        The place that begins at a position, as a path from large to small, and where it ends.

        At most `depth` inner places are read, and they leave that many characters of the text unread.
        """
        several = end = None
        for size in _place_sizes().get(text[at : at + 2], ()):
            name = text[at : at + size]
            if (several := places().get(name)) and self._stands_alone(name, several):
                end = at + len(name)
                break
        if not several or not end:
            return None
        for _ in range(depth):
            inner = _inner_place(text, end, several, leave)
            if not inner:
                break
            several, end = inner
        return _path(several), end

    def _stands_alone(self, name: str, several: tuple[Place, ...]) -> bool:
        known = name in REGION_NAMES or several[0].official == name
        return known and several[0].short not in self._unknown_places

    def _finish(self, text: str, whole: str, parts: _Parts) -> CompanyName:
        brand, industry = self._split_industry(parts.rest)
        names, brands = well_known()
        known = names.get(whole) or names.get(parts.rest, "")
        return CompanyName(
            text=text,
            region=parts.region,
            core=parts.rest,
            syllables=syllables_of(parts.rest),
            brand=brand,
            industry=industry,
            form=parts.form,
            branch=parts.branch,
            known=known,
            house=known or brands.get(brand, ""),
            former=tuple(parts.former),
        )

    def _split_industry(self, core: str) -> tuple[str, str]:
        if is_general(core):
            return "", core
        brand = core
        while True:
            size = next((size for size in range(min(7, len(brand) - 2), 1, -1) if brand[-size:] in self._industries), 0)
            if not size or brand[:-size] in COUNTRY:
                return brand, core[len(brand) :]
            brand = brand[:-size]


@cache
def _place_sizes() -> dict[str, tuple[int, ...]]:
    """
    The lengths of the place names that begin with two characters, longest first: most names need one look.
    """
    sizes: dict[str, set[int]] = {}
    for name in places():
        sizes.setdefault(name[:2], set()).add(len(name))
    return {head: tuple(sorted(several, reverse=True)) for head, several in sizes.items()}


def _inner_place(text: str, at: int, parents: tuple[Place, ...], leave: int) -> tuple[tuple[Place, ...], int] | None:
    for size in _place_sizes().get(text[at : at + 2], ()):
        name = text[at : at + size]
        inside = tuple(place for place in places().get(name, ()) if any(_lies_in(place, parent) for parent in parents))
        if inside and len(text) - at - len(name) >= leave:
            return inside, at + len(name)
    return None


def _lies_in(place: Place, parent: Place) -> bool:
    if place.level <= parent.level or place.province != parent.province:
        return False
    return parent.level == 0 or place.prefecture == parent.short


def _path(several: Iterable[Place]) -> str:
    """
    The path of a place; a county name that several cities share has no path above it.
    """
    largest, *others = several
    if any(place.level == largest.level for place in others):
        return largest.short
    return "/".join(dict.fromkeys(part for part in (largest.province, largest.prefecture, largest.short) if part))


@cache
def _places_by_sound() -> dict[str, str]:
    """
    The place that sounds so, "" where several do: suzhou is 苏州 and 宿州.
    """
    found: dict[str, str] = {}
    for name in sorted(REGION_NAMES & places().keys()):
        sound = syllables_of(name)
        found[sound] = "" if sound in found else _path(places()[name])
    return found


@cache
def default_normaliser() -> Normaliser:
    """
    The normaliser with all words the product knows.
    """
    return Normaliser(vocabulary())


def normalise(name: str) -> CompanyName:
    """
    The parts of a name as people write it, with all words the product knows.
    """
    return default_normaliser().normalise(name)
