from datetime import UTC, datetime, timedelta
from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.login import HOME, PAGES, Guesses, GuessLimit, landing, next_guess, password_fault

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
LIMIT = GuessLimit(3, timedelta(minutes=15))
SITE = "https://crm.example.com/login"
# What open redirects were made of elsewhere; each must end at home.
LEADING_AWAY = [
    "https://evil.example",
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/me//evil.example/..",
    "/me/../../evil",
    "/me@evil.example",
    "/me:80@evil.example",
    "javascript:alert(1)",
    "/me\n//evil.example",
    "/\t/evil.example",
    "/%2f%2fevil.example",
    "/%5cevil.example",
    "/logout",
    "/login",
    "/cb/feishu/main",
    "/meow",
    "me",
    "",
    " /me",
    "/me#//evil.example",
    "/me?next=//evil.example",
    "/me？a=1",
]
PIECES = st.sampled_from(
    [
        "/",
        "\\",
        "//",
        "me",
        "h5",
        "evil.example",
        "http:",
        "@",
        "%2f",
        "?",
        "#",
        ".",
        "..",
        "\t",
        "\n",
        " ",
        "：",
        "&a=1",
    ]
)


@pytest.mark.parametrize("target", LEADING_AWAY)
def test_an_address_that_leads_away_or_is_no_page_of_ours_ends_at_home(target):
    assert HOME == landing(target)


@pytest.mark.parametrize("target", ["/me", "/h5/register", "/h5/visit.html?id=12&from=menu", "/me?x=%E6%8A%A5"])
def test_a_page_of_ours_is_kept(target):
    assert target == landing(target)


@given(st.one_of(st.text(), st.lists(PIECES).map("".join)))
def test_whatever_is_asked_for_the_browser_stays_on_our_site(target):
    arrived = urlsplit(urljoin(SITE, landing(target)))

    assert ("https", "crm.example.com") == (arrived.scheme, arrived.netloc)
    assert any(arrived.path == page or arrived.path.startswith(f"{page}/") for page in PAGES)
    assert landing(landing(target)) == landing(target)


def test_tries_are_counted_within_the_window():
    first = next_guess(None, LIMIT, NOW)

    assert Guesses(1, NOW) == first
    assert Guesses(2, NOW) == next_guess(first, LIMIT, NOW + timedelta(minutes=14))


def test_after_the_last_try_the_end_of_the_window_is_named():
    assert NOW + timedelta(minutes=15) == next_guess(Guesses(3, NOW), LIMIT, NOW + timedelta(minutes=1))


def test_when_the_window_is_over_counting_starts_again():
    later = NOW + timedelta(minutes=15)

    assert Guesses(1, later) == next_guess(Guesses(3, NOW), LIMIT, later)


@given(st.lists(st.integers(min_value=0, max_value=3600), max_size=60).map(sorted))
def test_nobody_gets_more_tries_than_the_limit_in_a_window(seconds):
    counted, allowed = None, []
    for second in seconds:
        made = next_guess(counted, LIMIT, NOW + timedelta(seconds=second))
        if isinstance(made, Guesses):
            counted = made
            allowed.append(second)

    # a fixed window lets through at most twice its limit around its border
    crowds = [sum(start <= second < start + 900 for second in allowed) for start in allowed]
    assert max(crowds, default=0) <= 2 * LIMIT.tries


@pytest.mark.parametrize(
    ("password", "fault"),
    [
        ("short-one", "password_short"),
        ("x" * 201, "password_long"),
        ("aaaaaaaaaaaaaa", "password_simple"),
        ("chenjie-20261123", "password_simple"),
        ("ChenJie is my name", "password_simple"),
        ("四海之内皆兄弟也何患乎无兄弟", None),
        ("correct horse battery", None),
    ],
)
def test_a_password_is_judged_by_length_and_variety(password, fault):
    assert fault == password_fault(password, "chenjie" if "chenjie" in password else "ChenJie")
