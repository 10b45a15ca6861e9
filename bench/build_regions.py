"""
Convert the administrative divisions of China into the data file `domain/text/data/regions.txt`.

Input is the folder of an unpacked `element-china-area-data` npm package (MIT): `npm pack element-china-area-data`,
unpack it and give its `package/dist/element-china-area-data.cjs`. One line per prefecture: province, prefecture and
its counties, tab-separated, each as `official=short`. Hong Kong, Macao and Taiwan are not in the package and are
added here; economic zones, which are no divisions, are left out.
"""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NotRequired, TypedDict

TARGET = Path(__file__).parent.parent / "domain" / "text" / "data" / "regions.txt"
NOTE = (
    "# Administrative divisions of China: province, prefecture, counties (tab-separated, official=short).",
    "# From element-china-area-data 6.1.0, MIT License, Copyright (c) 2023 Plortinus; made by bench/build_regions.py.",
)
ADDED = (
    ("香港特别行政区", "香港特别行政区", "九龙 新界"),
    ("澳门特别行政区", "澳门特别行政区", ""),
    *(("台湾省", city, "") for city in "台北市 新北市 桃园市 台中市 台南市 高雄市 新竹市".split()),
)
UNNAMED = re.compile(r"^(?:市辖区|县|(?:省|自治区)直辖县级行政区划)$")
IRREGULAR: Final = {
    "内蒙古自治区": "内蒙古",
    "广西壮族自治区": "广西",
    "西藏自治区": "西藏",
    "宁夏回族自治区": "宁夏",
    "新疆维吾尔自治区": "新疆",
    "香港特别行政区": "香港",
    "澳门特别行政区": "澳门",
    "浦东新区": "浦东",
}
PEOPLES: Final = (
    "蒙古|回|藏|维吾尔|苗|彝|壮|布依|朝鲜|满|侗|瑶|白|土家|哈尼|哈萨克|傣|黎|傈僳|佤|畲|拉祜|水|东乡|纳西|景颇|柯尔克孜|土|达斡尔|"
    "仫佬|羌|布朗|撒拉|毛南|仡佬|锡伯|普米|怒|鄂温克|保安|裕固|独龙|各"
)
ETHNIC_SUFFIX: Final = re.compile(
    rf"(?:(?:{PEOPLES})族)*(?:蒙古|哈萨克|柯尔克孜|塔吉克|锡伯)?自治[州县旗]$"
    rf"|(?:{PEOPLES})族区$"
)
PLAIN_SUFFIX: Final = re.compile(r"(?<!新)(?:地区|林区|特区|[省市区县盟旗])$")
ZONE = re.compile(r"(?:开发区|园区|示范区|高新区|产业区|管理区|新城|度假区|保税区|产业园|试验区|合作区|开发试验区)$")
READ_MODULE = "process.stdout.write(JSON.stringify(require(process.argv[1]).regionData))"


def short_name(official: str) -> str:
    """
    Drop the administrative suffix where at least two characters stay: 杭州市 → 杭州, 单县 stays.
    """
    if official in IRREGULAR:
        return IRREGULAR[official]
    ethnic = ETHNIC_SUFFIX.sub("", official)
    plain = ethnic if ethnic != official else PLAIN_SUFFIX.sub("", official)
    return plain if len(plain) > 1 else official


class Division(TypedDict):
    """
    One node of the package's tree.
    """

    label: str
    children: NotRequired[list["Division"]]


def load(module: Path) -> list[Division]:
    """
    Return the tree that the package exports, read with node because it ships only as JavaScript.
    """
    done = subprocess.run(["node", "-e", READ_MODULE, str(module.resolve())], check=True, capture_output=True)
    tree: list[Division] = json.loads(done.stdout)
    return tree


def pair(official: str) -> str:
    """
    Write a place as `official=short`.
    """
    return f"{official}={short_name(official)}" if official else ""


def lines(tree: list[Division]) -> Iterator[str]:
    """
    Yield one line per prefecture; a municipality is its own prefecture, counties under no prefecture get an empty one.
    """
    for province in tree:
        for city in province["children"]:
            direct = province["label"] if city["label"] in {"市辖区", "县"} else ""
            name = direct if UNNAMED.match(city["label"]) else city["label"]
            yield row(
                province["label"],
                name,
                [child["label"] for child in city.get("children", ()) if not ZONE.search(child["label"])],
            )
    for home, prefecture, counties in ADDED:
        yield row(home, prefecture, counties.split())


def row(province: str, prefecture: str, counties: list[str]) -> str:
    """
    Join one prefecture and its counties into a line of the data file.
    """
    return f"{pair(province)}\t{pair(prefecture)}\t{' '.join(map(pair, counties))}"


def main(argv: list[str]) -> int:
    """
    Write the data file and say how many places it holds.
    """
    if len(argv) != 1:
        sys.stderr.write("usage: build_regions.py package/dist/element-china-area-data.cjs\n")
        return 2
    rows = list(lines(load(Path(argv[0]))))
    TARGET.write_text("\n".join((*NOTE, *rows)) + "\n", encoding="utf-8")
    sys.stdout.write(f"{len(rows)} prefectures written to {TARGET}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
