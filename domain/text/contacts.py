"""
A person inside running text: behind a word that announces one (联系人是…, 找…), or at its beginning.

What is a person from end to end is in `people`.
"""

import re
from itertools import islice
from typing import Final

from domain.text.fillers import FILLER
from domain.text.found import Found
from domain.text.patterns import Pattern
from domain.text.people import Person, may_be_name, person_prefix

_CONTACT_WORD: Final = Pattern(
    r"(?:(?<![\u4e00-\u9fff])(?:采购|技术|项目|业务|商务|客户|现场|设备|财务|主要))?(?:联系人|"
    r"对接的人?|对接人|接口人|负责人|联络人|经办人|决策人|姓名|联系|对接|找|老板|法人)(?:是|叫|为|"
    r":)?(?:呢|啊)?(?:大家都?叫[她他])?(?:一个|一位|个|"
    r"位)?(?:姓[\u4e00-\u9fff]的?[ ,]?)?(?:他们)?(?:[\u4e00-\u9fff]{1,5}(?:部|中心|"
    r"科|处|室|车间)的)?(?:的|那边的?)?"
)
_MOST_WORDS: Final = 4


def find_contact(text: str) -> Found[Person] | None:
    for word in islice(_CONTACT_WORD.finditer(text), _MOST_WORDS):
        following = person_prefix(text[word.end() :])
        if following:
            return Found(following[0], word.start(), word.end() + following[1])
        if may_be_name(text[word.end() :]):
            return Found(Person(text[word.end() :], sure=False), word.start(), len(text))
    filler = FILLER.match(text)
    begin = filler.end() if filler else 0
    leading = person_prefix(text[begin:])
    if (
        leading
        and leading[0].sure
        and (begin or len(leading[0].contact or "") >= 2)
        and _may_follow_name(text[begin + leading[1] :])
    ):
        return Found(leading[0], 0, begin + leading[1])
    return None


def _may_follow_name(after: str) -> bool:
    return (
        after == ""
        or re.match(
            r"[(,:的想要需说做有在是找负打报就先预采让聊谈加约问来昨今刚她他]|咨询|打算|准备|介绍|推荐|"
            r"那边|手机|电话|微信|早上|上午|下午|中午|晚上",
            after,
        )
        is not None
    )
