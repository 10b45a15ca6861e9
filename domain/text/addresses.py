"""
A piece that is wholly a place: 在杭州, 地址浙江省余姚市…路8号. Recognising a place inside running text is in `regions`.
"""

import re
from typing import Final

from domain.text.companies import Sureness, find_company
from domain.text.patterns import Pattern
from domain.text.regions import AREAS, canonical_region, find_regions

_REGION_CUE: Final = Pattern(
    r"(?:所在)?(?:地区|区域|城市|地址|地方|坐标|位置|位于|项目地?|客户|公司|工厂|厂|人|他们|总部|分布|"
    r"注册地)?(?:是|为|在|位于|:)?(?:中国)?"
)
_REGION_TAIL: Final = Pattern(
    r"(?:地区|区域|那边|这边|本地|当地|市区|市场|片区|一带|工厂|厂区|基地|总部|分部|"
    r"[\u4e00-\u9fff]{2}(?=的一家))?(?:的)?(?:客户|公司|企业|项目|人|一家)?"
)
_QUARTER: Final = Pattern(r"(?:[\u4e00-\u9fff]{1,3}[路街道镇乡村城区园港湾岛屿洲坪桥口新])?")
_ADDRESS: Final = Pattern(
    r"(?:路|街|道|巷|弄|园区?|大厦|广场|楼|幢|栋|室|号|村|镇|开发区|工业区|高新区|经开区|保税区|自贸区|"
    r"新区|产业园|"
    r"中心)(?:[\dA-Za-z\u4e00-\u9fff\-#()]{0,16})$"
)


def read_region(text: str) -> str | None:
    if (name := canonical_region(text)) and (len(text) > 2 or find_regions(text)):
        return name
    found = next(iter(find_regions(text)), None)
    if not found:
        return None
    before, after = text[: found.start], text[found.end :]
    if _REGION_CUE.fullmatch(before) and _REGION_TAIL.fullmatch(after):
        return found.wide if "地址" in before else found.name
    if _REGION_CUE.fullmatch(before) and found.name not in AREAS and _is_address(text, after):
        return found.wide
    nested = found.name != found.wide or len(found.wide) > 3
    short = nested and not before and _QUARTER.fullmatch(after) is not None and find_company(text) is None
    return found.wide if short else None


def _is_address(text: str, after: str) -> bool:
    """
    Say whether what follows a place is a street and number; a company may be called after a road, without a number.
    """
    if not _ADDRESS.search(after):
        return False
    company = find_company(text)
    return company is None or (re.search(r"\d", after) is not None and company.sureness < Sureness.INSTITUTION)
