"""
What a reading of a directory means for the people we know.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.directory import (
    Department,
    Implausible,
    Person,
    Reading,
    Roster,
    SeenBefore,
    Sign,
    compare,
    leaders,
    manager_of,
    parents_first,
)

EAST = "d-east"
SOUTH = "d-south"


def person(user_id, department=EAST, *, is_active=True, manager_id=None):
    return Person(user_id, user_id, (department,), manager_id, None, None, None, is_active)


def department(department_id, parent_id="", leader_id=None):
    return Department(department_id, department_id, parent_id, leader_id)


def reading(*people, departments=(EAST, SOUTH)):
    return Reading.of([department(one) for one in departments], people)


def roster(*user_ids, missing=(), said=(), **rest):
    seen = {
        one: SeenBefore(department_ids=(EAST,), is_missing=one in missing, said_left=one in said) for one in user_ids
    }
    return Roster(seen=seen, members={one: number for number, one in enumerate(user_ids, start=1)}, **rest)


def signs(gone):
    return {one.user_id: one.sign for one in gone}


def test_somebody_in_two_departments_is_one_person():
    twice = reading(person("li"), person("li", SOUTH), person("wang"))

    assert ["li", "wang"] == [one.user_id for one in twice.people]


def test_a_reading_that_shows_nobody_means_nothing():
    assert Implausible() == compare(reading(), roster("li", "wang"))
    assert Implausible() == compare(reading(person("li", is_active=False)), roster("li"))


def test_who_is_missing_once_is_looked_for_again_before_anything_happens():
    plan = compare(reading(person("li")), roster("li", "wang"))

    assert (("wang",), ()) == (plan.look_again, plan.left)


def test_who_is_missing_twice_has_left():
    plan = compare(reading(person("li")), roster("li", "wang", missing=["wang"]))

    assert {"wang": Sign.MISSING} == signs(plan.left)
    assert ((), ()) == (plan.look_again, plan.doubtful)


def test_who_is_called_gone_by_the_platform_has_left_at_the_first_look():
    said = compare(reading(person("li")), roster("li", "wang", said=["wang"]))
    inactive = compare(reading(person("li"), person("wang", is_active=False)), roster("li", "wang"))

    assert {"wang": Sign.SAID} == signs(said.left)
    assert {"wang": Sign.INACTIVE} == signs(inactive.left)


def test_who_was_never_shown_cannot_be_missing():
    never_shown = Roster(seen={"li": SeenBefore()}, members={"li": 1, "boss": 2})

    plan = compare(reading(person("li")), never_shown)

    assert ((), ()) == (plan.left, plan.look_again)


def test_people_whose_department_went_out_of_sight_are_a_question():
    only_south = reading(person("zhao", SOUTH), departments=[SOUTH])

    plan = compare(only_south, roster("zhao", "li", missing=["li"]))

    assert {"li": Sign.OUT_OF_SIGHT} == signs(plan.doubtful)
    assert () == plan.left


def test_word_of_leaving_does_not_settle_it_when_the_department_is_out_of_sight_too():
    only_south = reading(person("zhao", SOUTH), departments=[SOUTH])

    plan = compare(only_south, roster("zhao", "li", said=["li"]))

    assert {"li": Sign.OUT_OF_SIGHT} == signs(plan.doubtful)


def test_a_department_that_is_empty_at_once_is_a_question():
    plan = compare(reading(person("zhao", SOUTH)), roster("li", "wang", missing=["li", "wang"]))

    assert {"li": Sign.EMPTIED, "wang": Sign.EMPTIED} == signs(plan.doubtful)


def test_more_than_three_and_more_than_five_percent_are_a_question():
    everybody = [f"p{number}" for number in range(79)]
    four_of_79, four_of_80 = everybody[4:], [*everybody[4:], "one more"]

    held = compare(reading(*map(person, four_of_79)), roster(*everybody, missing=everybody))
    done = compare(reading(*map(person, four_of_80)), roster(*everybody, "one more", missing=everybody))

    assert (0, 4) == (len(held.left), len(held.doubtful))
    assert (4, 0) == (len(done.left), len(done.doubtful))


def test_three_of_a_small_company_may_leave():
    plan = compare(reading(person("a"), person("b")), roster("a", "b", "c", "d", "e", said=["c", "d", "e"]))

    assert 3 == len(plan.left)


def test_who_is_shown_elsewhere_stays():
    plan = compare(reading(person("li")), roster("li", "wang", missing=["wang"], shown_elsewhere=frozenset({"wang"})))

    assert ((), ("wang",)) == (plan.left, plan.moved_away)


def test_whom_an_administrator_kept_is_not_asked_about_again():
    shown = reading(person("li"), person("wang", is_active=False))
    known = Roster(seen={"li": SeenBefore()}, members={"li": 1, "wang": 2}, kept=frozenset({"wang"}))

    plan = compare(shown, known)

    assert ((), ()) == (plan.left, plan.doubtful)


def test_new_people_join_and_inactive_ones_do_not():
    plan = compare(reading(person("li"), person("new"), person("gone", is_active=False)), roster("li"))

    assert ["new"] == [one.user_id for one in plan.joined]


def test_a_leaver_who_was_away_is_back_and_one_just_let_go_is_not():
    shown = reading(person("li"), person("wang"))
    away = Roster(seen={"li": SeenBefore()}, members={"li": 1}, leavers={"wang": 2})
    let_go = Roster(seen={"li": SeenBefore(), "wang": SeenBefore()}, members={"li": 1}, leavers={"wang": 2})
    first = Roster(seen={}, members={"li": 1}, leavers={"wang": 2}, is_first=True)

    assert [[2], [], []] == [[number for number, _ in compare(shown, one).returned] for one in (away, let_go, first)]


@given(st.lists(st.sampled_from("abcdefgh"), unique=True), st.lists(st.sampled_from("abcdefgh"), unique=True))
def test_nobody_leaves_at_a_first_reading_and_everybody_is_in_one_place_of_the_plan(known, shown):
    first = Roster(seen={}, members={one: ord(one) for one in known}, is_first=True)

    plan = compare(reading(*map(person, shown)), first)

    if shown:
        assert ((), (), ()) == (plan.left, plan.doubtful, plan.look_again)
        assert set(shown) == {one.user_id for one in plan.joined} | {one.user_id for _, one in plan.present}
    else:
        assert Implausible() == plan


def test_parents_come_first_whatever_the_order():
    shuffled = [department("c", "b"), department("b", "a"), department("a"), department("d", "b")]

    assert ["a", "b", "c", "d"] == [one.id for one in parents_first(shuffled)]


def test_a_circle_of_departments_is_cut():
    assert {"a", "b"} == {one.id for one in parents_first([department("a", "b"), department("b", "a")])}


def test_of_several_departments_somebody_leads_the_highest_counts():
    tree = [department("east", "sales", "boss"), department("sales", "", "boss")]

    assert {"boss": "sales"} == leaders(tree)


@pytest.mark.parametrize(
    ("someone", "manager"),
    [
        (person("li", "east", manager_id="named"), "named"),
        (person("li", "east"), "zhang"),
        (person("zhang", "east"), "zhou"),
        (person("zhou", "sales", manager_id="zhou"), None),
        (person("li", "unseen"), None),
    ],
)
def test_a_manager_is_named_or_the_nearest_leader_above(someone, manager):
    tree = {one.id: one for one in [department("sales", "", "zhou"), department("east", "sales", "zhang")]}

    assert manager == manager_of(someone, tree)
