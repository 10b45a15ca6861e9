"""
Any card a builder could make, and many that none would: for what must hold for every card on a platform.
"""

from dataclasses import replace

from hypothesis import strategies as st

from cards.model import (
    Button,
    Card,
    CardAction,
    Chart,
    Compare,
    CompareRow,
    DateInput,
    Divider,
    Fields,
    Form,
    Item,
    Items,
    Option,
    Point,
    Row,
    Select,
    Text,
    TextInput,
)

TYPED = st.text(st.sampled_from("云途a1 \n*~><-!/\\[]()#:+\"'`$_&|={}@.。；\x00\u202e👍\ud800"), max_size=60)


def _some(entries, most):
    return st.lists(entries, max_size=most).map(tuple)


BUTTONS = _some(
    st.builds(
        Button,
        TYPED,
        action=st.none() | st.builds(CardAction, st.just("x.y"), st.dictionaries(st.just("id"), st.integers(0, 9))),
        url=st.none() | st.sampled_from(["https://crm.example.com/1", "javascript:x", "http://x y"]),
        style=st.sampled_from(["default", "primary", "danger"]),
        confirm=st.none() | TYPED,
        inputs=st.none() | _some(st.sampled_from("012345"), 3),
    ),
    6,
)
ITEMS = st.builds(Item, TYPED, lines=_some(TYPED, 3), buttons=BUTTONS, command=st.none() | TYPED)
INPUTS = st.one_of(
    st.builds(
        TextInput,
        st.just("?"),
        TYPED,
        value=TYPED | st.just("字" * 1200),
        placeholder=TYPED | st.just("x" * 150),
        required=st.booleans(),
        multiline=st.booleans(),
        max_length=st.integers(0, 5000),
        error=st.none() | TYPED,
    ),
    st.builds(
        Select,
        st.just("?"),
        TYPED,
        options=st.lists(st.builds(Option, TYPED, st.sampled_from("abc")), min_size=1, max_size=90).map(tuple),
        value=st.none() | st.sampled_from("abz"),
        placeholder=TYPED,
    ),
    st.builds(DateInput, st.just("?"), TYPED, value=st.sampled_from(["", "2026-12-01", "x"])),
)
POINTS = _some(st.builds(Point, TYPED, st.floats(), TYPED, series=st.just("") | TYPED), 9)
ELEMENTS = st.one_of(
    st.builds(Text, TYPED | st.just("长" * 9000), tone=st.sampled_from(["normal", "strong", "note", "good", "error"])),
    st.builds(Fields, _some(st.builds(Row, TYPED, TYPED), 9)),
    st.builds(Compare, TYPED, TYPED, _some(st.builds(CompareRow, TYPED, TYPED, TYPED), 14)),
    st.builds(Chart, st.sampled_from(["bar", "line", "pie", "funnel"]), POINTS),
    st.builds(Items, st.integers(1, 60).flatmap(lambda times: st.tuples(ITEMS).map(lambda one: one * times))),
    st.builds(Divider),
    st.builds(Form, TYPED, _some(INPUTS, 6), BUTTONS),
)


def _named(card):
    """
    The card with form fields named apart, as builders do, and read by their buttons under these names.
    """
    return replace(card, elements=tuple(_with_names(element, at) for at, element in enumerate(card.elements)))


def _with_names(element, at):
    if not isinstance(element, Form):
        return element
    inputs = tuple(replace(one, name=f"f{at}_{n}") for n, one in enumerate(element.inputs))
    buttons = tuple(
        replace(one, inputs=None if one.inputs is None else tuple(f"f{at}_{n}" for n in one.inputs))
        for one in element.buttons
    )
    return replace(element, inputs=inputs, buttons=buttons)


CARDS = st.builds(
    Card,
    TYPED,
    tone=st.sampled_from(["blue", "green", "orange", "red", "grey"]),
    subtitle=st.none() | TYPED,
    status=st.none() | TYPED,
    elements=_some(ELEMENTS, 7),
    buttons=BUTTONS | BUTTONS.map(lambda some: some * 9),
    commands=_some(TYPED, 3),
    link=st.none() | st.sampled_from(["https://crm.example.com", "tel:1"]),
    closed=st.booleans(),
).map(_named)
