from datetime import UTC, datetime

import pytest
from scratch_databases import BACKENDS, scratch_database
from sqlalchemy import create_engine, func, select
from sqlalchemy.exc import IntegrityError

from domain.dedup import Level, Party, judge, profile
from store.base import metadata
from store.dedup import (
    bulk_load,
    dedup_doc,
    dedup_key,
    dedup_unique,
    find_candidates,
    holder_of,
    index_customer,
    mark_not_same,
    not_same_as,
    not_same_pair,
    remove_customer,
    set_live,
)

TABLES = [dedup_key, dedup_doc, dedup_unique, not_same_pair]
NOON = datetime(2026, 9, 1, 4, tzinfo=UTC)


@pytest.fixture(scope="module", params=BACKENDS)
def engine(request, tmp_path_factory):
    with scratch_database(request.param, tmp_path_factory.mktemp("dedup")) as url:
        engine = create_engine(url)
        metadata.create_all(engine, tables=TABLES)
        yield engine
        engine.dispose()


@pytest.fixture
def conn(engine):
    with engine.connect() as opened:
        yield opened
        opened.rollback()


def made(name, *phones, **known):
    return profile(Party(name, phones, **known))


def letters(number):
    return chr(97 + number % 26) + chr(97 + number // 26)


def found(conn, name, *phones):
    subject = made(name, *phones)
    verdict = judge(subject, find_candidates(conn, subject))
    return [(match.customer_id, match.level) for match in verdict.matches]


@pytest.mark.parametrize(
    ("name", "phone"),
    [
        ("云图科技（杭州）有限责任公司", ""),
        ("杭州云途科技有限公司", ""),
        ("雲圖科技", ""),
        ("杭州云图", ""),
        ("杭州科技云图有限公司", ""),
        ("杭州云图料技有限公司", ""),
        ("绍兴明州餐饮", "13800001111"),
        ("杭州云途", "13800001112"),
        ("绍兴明州餐饮", "0571 88886666"),
    ],
)
def test_a_dirty_spelling_reaches_the_customer(conn, name, phone):
    index_customer(conn, 7, made("杭州云图科技有限公司", "13800001111", "0571-88886666-801"))

    assert 7 in [candidate.customer_id for candidate in find_candidates(conn, made(name, phone))]


def test_the_index_keeps_everything_the_comparison_needs(conn):
    subject = made("杭州云图科技有限公司", "13800001111", contact="张伟", uscc="91330106MA2CF0DP6N")
    index_customer(conn, 7, subject)

    assert [subject.sides[0]] == [candidate.side for candidate in find_candidates(conn, subject)]


def test_the_former_name_finds_the_customer_too(conn):
    index_customer(conn, 7, made("杭州新名科技有限公司（原杭州旧名科技有限公司）"))

    assert [(7, Level.CERTAIN)] == found(conn, "杭州旧名科技有限公司")


def test_a_removed_customer_leaves_nothing_behind(conn):
    index_customer(conn, 7, made("杭州新名科技有限公司（原杭州旧名科技有限公司）", "13800001111", "0571-88886666"))
    remove_customer(conn, 7)

    left = [conn.scalar(select(func.count()).select_from(table)) for table in (dedup_key, dedup_doc, dedup_unique)]
    assert [0, 0, 0] == left


def test_indexing_again_replaces_what_was_there(conn):
    index_customer(conn, 7, made("杭州云图科技有限公司"))
    index_customer(conn, 7, made("宁波明州餐饮有限公司"))

    assert [] == found(conn, "杭州云图科技有限公司")
    assert [(7, Level.CERTAIN)] == found(conn, "宁波明州餐饮有限公司")


def test_two_live_customers_cannot_have_one_full_name(conn):
    index_customer(conn, 7, made("杭州云图科技有限公司"))

    with pytest.raises(IntegrityError):
        index_customer(conn, 8, made("云图科技（杭州）有限公司"))


def test_a_ruling_lets_a_second_customer_have_the_name(conn):
    index_customer(conn, 7, made("杭州云图科技有限公司"))
    index_customer(conn, 8, made("杭州云图科技有限公司"), disambiguator="2")

    assert [(7, Level.CERTAIN), (8, Level.CERTAIN)] == found(conn, "杭州云图科技有限公司")


def test_a_customer_that_ended_frees_its_name_and_is_still_found(conn):
    subject = made("杭州云图科技有限公司")
    index_customer(conn, 7, subject)
    set_live(conn, 7, live=False)
    index_customer(conn, 8, subject)

    assert (8, [7, 8]) == (holder_of(conn, subject), [number for number, _ in found(conn, "杭州云图科技有限公司")])


def test_the_holder_of_a_credit_code_is_known_under_any_name(conn):
    index_customer(conn, 7, made("杭州云图科技有限公司", uscc="91330106MA2CF0DP6N"))

    assert 7 == holder_of(conn, made("绍兴明州餐饮", uscc="91330106MA2CF0DP6N"))
    assert holder_of(conn, made("宏达")) is None


def test_a_key_that_thousands_share_does_not_hide_a_rare_one(conn):
    bulk_load(conn, ((number, made(f"宏达{letters(number)}有限公司")) for number in range(1, 600)))
    index_customer(conn, 1000, made("绍兴宏达玻璃纤维有限公司"))

    assert 1000 in [candidate.customer_id for candidate in find_candidates(conn, made("绍兴宏达玻璃有限公司"))]


def test_never_more_candidates_than_asked_for(conn):
    bulk_load(conn, ((number, made(f"宏达{letters(number)}有限公司")) for number in range(1, 600)))

    assert 30 == len(find_candidates(conn, made("宏达实业有限公司"), limit=30))


def test_bulk_loading_is_the_same_as_indexing_one_by_one(conn):
    several = [
        (number, made(f"杭州云{chr(0x4E00 + number)}科技有限公司", f"1380000{number:04d}")) for number in range(20)
    ]
    count = bulk_load(conn, several)
    loaded = [conn.execute(select(table).order_by(*table.primary_key)).all() for table in TABLES]
    for number, subject in several:
        remove_customer(conn, number)
        index_customer(conn, number, subject)

    assert (20, loaded) == (count, [conn.execute(select(table).order_by(*table.primary_key)).all() for table in TABLES])


def test_a_pair_ruled_different_is_remembered_from_both_sides(conn):
    mark_not_same(conn, 9, 7, by=1, at=NOON)
    mark_not_same(conn, 7, 9, by=2, at=NOON)

    assert (frozenset({9}), frozenset({7})) == (not_same_as(conn, 7), not_same_as(conn, 9))
