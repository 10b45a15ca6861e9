"""
What every platform of the registry must do, proved by its line there and the samples of its name beside this file.
"""

import dataclasses
import json
import pathlib
import queue
import random
import threading
from datetime import timedelta

import pytest
import sqlalchemy

from adapters.registry import PLATFORMS
from app import parts_of
from bench.mutations import is_sendable, mutated
from bot.events import ActionClicked, Event
from bot.ports import Accepted, Answered, Capabilities, Outbound, RawRequest, Recipient, Refused
from bot.reply import Reply, toast
from domain.errors import PlatformError
from store.base import Base
from tests.adapters.conformance.answers import answers, raw
from tests.adapters.conformance.outbound import PLACES, SAID
from tests.adapters.conformance.samples import KINDS, every_platform
from tests.adapters.golden_files import golden
from tests.adapters.sample_cards import DECIDED, SAMPLES
from tests.cards.every_card import EVERY_CARD
from web.server import create_server

EVERY = every_platform()
CARDS = {**EVERY_CARD, **{f"sample.{name}": card for name, card in SAMPLES.items()}}
HERE = pathlib.Path(__file__).parent
DOCUMENTED = json.loads((HERE / "codes.json").read_text(encoding="utf-8"))
"""Every code that the vendors document for sending, changing and withdrawing messages."""
MUTATIONS = 3_000
MUST_HEAR = {"text", "image", "file", "voice", "click", "form", "joined", "updated", "left"}


def each(field):
    return [
        pytest.param(platform, name, id=f"{platform}-{name}")
        for platform, samples in EVERY.items()
        for name in getattr(samples, field)
    ]


def accepted(platform, request):
    outcome = EVERY[platform].account().receive(request)
    assert isinstance(outcome, Accepted), outcome
    return outcome.event


@pytest.mark.parametrize(("platform", "name"), each("vectors"))
def test_what_independent_implementations_signed_and_encrypted_is_believed(platform, name):
    assert isinstance(EVERY[platform].account().receive(EVERY[platform].vectors[name]), Accepted | Answered)


@pytest.mark.parametrize(("platform", "name"), each("requests"))
def test_each_kind_of_callback_is_exactly_its_event(platform, name):
    heard = EVERY[platform].requests[name]

    assert heard.event == accepted(platform, heard.raw)


@pytest.mark.parametrize(("platform", "name"), each("pushed"))
def test_each_kind_of_frame_is_exactly_its_event(platform, name):
    heard = EVERY[platform].pushed[name]

    assert heard.event == EVERY[platform].read_pushed(heard.raw)


@pytest.mark.parametrize("platform", EVERY)
def test_a_platform_tells_what_a_salesperson_needs(platform):
    heard = {*EVERY[platform].requests, *EVERY[platform].pushed}

    assert heard >= MUST_HEAR
    assert heard <= set(KINDS)


@pytest.mark.parametrize(("platform", "name"), each("requests"))
def test_an_event_says_whose_it_is(platform, name):
    event = accepted(platform, EVERY[platform].requests[name].raw)
    account = EVERY[platform].account()

    assert (account.platform, account.account) == (event.platform, event.account)
    assert isinstance(event, Event)
    assert event.key
    assert event.sent_at.utcoffset() is not None


@pytest.mark.parametrize(("platform", "name"), each("again"))
def test_what_comes_again_is_known_by_its_key(platform, name):
    first, again = EVERY[platform].again[name]

    assert accepted(platform, first).key == accepted(platform, again).key


@pytest.mark.parametrize(("platform", "name"), each("twins"))
def test_what_hardly_differs_is_two_events(platform, name):
    one, other = EVERY[platform].twins[name]

    assert accepted(platform, one).key != accepted(platform, other).key


@pytest.mark.parametrize(("platform", "name"), each("forged"))
def test_what_is_forged_is_refused(platform, name):
    assert isinstance(EVERY[platform].account().receive(EVERY[platform].forged[name]), Refused)


def _bare(request):
    """
    What a stranger who knows no secret can make of a genuine request.
    """
    yield dataclasses.replace(request, headers={}, query={})
    yield dataclasses.replace(request, body=b"")
    yield dataclasses.replace(request, body=b"\xff\xfe\x00" * 100)
    yield dataclasses.replace(request, body=b"[" * 100_000)
    yield dataclasses.replace(request, body=request.body + b" " * 2_000_000)
    yield dataclasses.replace(request, part="no-such-part")
    yield RawRequest("GET", request.headers, {}, request.body, request.part)
    yield RawRequest("PUT", {}, request.query, request.body, request.part)


@pytest.mark.parametrize(("platform", "name"), each("requests"))
def test_what_proves_nothing_is_refused(platform, name):
    account, request = EVERY[platform].account(), EVERY[platform].requests[name].raw

    for bare in _bare(request):
        if bare != request:
            assert isinstance(account.receive(bare), Refused) or _says_the_same(platform, request, bare), bare


def _says_the_same(platform, request, changed):
    said = EVERY[platform].said
    return changed.part == request.part and said(changed) == said(request)


@pytest.mark.parametrize("platform", EVERY)
def test_no_mutation_of_a_genuine_request_is_accepted_or_stumbled_over(platform):
    samples, chance = EVERY[platform], random.Random(11)
    account = samples.account()
    genuine = [heard.raw for heard in samples.requests.values()]
    outcomes = {"refused": 0, "the same": 0}

    for number in range(MUTATIONS):
        request = genuine[number % len(genuine)]
        account = account if number % 100 else samples.account()
        account.receive(request)
        changed = mutated(request, chance)
        if isinstance(account.receive(changed), Refused):
            outcomes["refused"] += 1
        else:
            assert _says_the_same(platform, request, changed), changed
            outcomes["the same"] += 1

    assert sum(outcomes.values()) == MUTATIONS
    assert outcomes["the same"] < MUTATIONS / 10


@pytest.fixture
def server(product):
    """
    The web server of a product that has an account on every platform.
    """
    accounts = [samples.account() for samples in EVERY.values()]
    known = {(account.platform, account.account): account for account in accounts}
    server = create_server(dataclasses.replace(parts_of(product), adapters=known))
    return server.test_client(), {account.platform: account.account for account in accounts}


def posted(server, platform, request):
    """
    The answer to a request as a platform sends it.
    """
    client, accounts = server
    address = f"/cb/{platform}/{accounts[platform]}/{request.part}".rstrip("/")
    sent = {"method": request.method, "headers": dict(request.headers), "data": request.body}
    return client.open(address, query_string=dict(request.query), **sent)


def test_all_refusals_look_the_same_from_outside(server):
    chance, answers = random.Random(12), []

    for platform, samples in EVERY.items():
        genuine = [heard.raw for heard in samples.requests.values()]
        changed = [mutated(chance.choice(genuine), chance) for _ in range(200)]
        tried = [*samples.forged.values(), *filter(is_sendable, changed)]
        refused = [request for request in tried if isinstance(samples.account().receive(request), Refused)]
        answers += [posted(server, platform, request) for request in refused]

    assert len(answers) > 300
    assert 1 == len({(answer.status, tuple(answer.headers), answer.data) for answer in answers})
    assert (403, b"") == (answers[0].status_code, answers[0].data)


def rows(product):
    """
    How much is in each table.
    """
    with product.database.read() as tx:
        count = sqlalchemy.func.count()
        return {
            name: tx.connection.execute(sqlalchemy.select(count).select_from(table)).scalar()
            for name, table in Base.metadata.tables.items()
        }


@pytest.mark.parametrize("platform", EVERY)
@pytest.mark.parametrize("name", ["text", "click", "left"])
def test_a_captured_callback_has_no_second_effect_ever(server, product, platform, name):
    heard = EVERY[platform].requests[name]
    product.units.clock.set(heard.event.sent_at)
    first = posted(server, platform, heard.raw)
    after = rows(product)

    again = []
    for later in (timedelta(seconds=1), timedelta(hours=1), timedelta(days=29), timedelta(days=31)):
        product.units.clock.set(heard.event.sent_at + later)
        again.append(posted(server, platform, heard.raw))

    assert (200, 1) == (first.status_code, after["inbox"])
    assert after == rows(product)
    assert [200, 200, 200, 403] == [answer.status_code for answer in again]


@pytest.mark.parametrize("platform", EVERY)
def test_nothing_is_acknowledged_before_it_is_taken(platform, monkeypatch):
    for module in ("dingtalk.stream", "feishu.websocket", "wecom.aibot"):
        monkeypatch.setattr(f"adapters.{module}.LISTEN_S", 0.02)
    taken, may_commit = queue.Queue(), threading.Event()

    def take(event):
        taken.put(event)
        assert may_commit.wait(10)
        return Reply(card=DECIDED)

    with EVERY[platform].line(take) as line:
        line.push()
        taken.get(timeout=5)
        early = line.acknowledged(0.3)
        may_commit.set()
        late = line.acknowledged(5)

    assert (False, True) == (early, late)


@pytest.mark.parametrize("platform", EVERY)
@pytest.mark.parametrize("name", CARDS)
def test_every_card_keeps_the_limits(platform, name):
    assert [] == list(EVERY[platform].faults(CARDS[name]))


@pytest.mark.parametrize("platform", EVERY)
@pytest.mark.parametrize("kind", ["person", "group"])
@pytest.mark.parametrize("name", CARDS)
def test_every_card_is_drawn_for_people_and_groups(platform, kind, name):
    message = Outbound("o-1", Recipient(kind, "x1"), CARDS[name], "")

    assert EVERY[platform].account().render(message)


@pytest.mark.parametrize("platform", EVERY)
def test_every_card_has_its_golden_file(platform):
    folder = HERE.parent / platform / "golden"

    assert sorted(SAMPLES) == sorted(path.stem for path in folder.iterdir())
    for name in EVERY_CARD:
        assert platform in json.loads((HERE.parent / "every_card" / f"{name}.json").read_text(encoding="utf-8"))


def outcome(error):
    """
    What the outbox does about an error, in words.
    """
    if error.unknown_outcome:
        return "in doubt, left to an operator" if error.permanent else "in doubt, the same bytes again"
    if error.permanent:
        return "permanent"
    told = ", administrators are told" if error.about_account else ""
    return (f"retry after {error.retry_after:g} s" if error.retry_after else "retry") + told


@pytest.mark.parametrize("platform", EVERY)
def test_every_error_code_of_the_vendor_is_sorted(platform):
    samples = EVERY[platform]
    codes = {*samples.codes, *DOCUMENTED[platform]}
    errors = {str(code): samples.failure(code, 400) for code in codes}
    sorted_now = {code: outcome(errors[code]) for code in sorted(errors)}

    assert golden(HERE / "errors", platform, sorted_now) == sorted_now
    for code, error in errors.items():
        assert not (error.permanent and error.retry_after), code
        assert platform in error.code


@pytest.mark.parametrize("platform", EVERY)
def test_only_a_clean_success_counts_as_sent(platform):
    """
    Whatever else comes back leaves the message waiting, in doubt or given up with an alarm, and never counts as sent.
    """
    samples = EVERY[platform]
    odd = {name: lambda answer=answer: raw(200, json.dumps(answer).encode()) for name, answer in samples.odd.items()}
    became = {}
    for name, answer in {**answers(samples.success), **odd}.items():
        with pytest.raises(PlatformError) as refused:
            samples.tell(answer)
        became[name] = outcome(refused.value)

    assert samples.tell(lambda: raw(200, json.dumps(samples.success).encode())).message_id
    assert golden(HERE / "answers", platform, became) == became


@pytest.mark.parametrize("platform", EVERY)
def test_a_message_for_which_there_was_no_token_is_not_in_doubt(platform):
    for name, answer in answers(EVERY[platform].success).items():
        with pytest.raises(PlatformError) as refused:
            EVERY[platform].unprepared(answer)
        assert not refused.value.unknown_outcome, name
        assert not refused.value.permanent, name


@pytest.mark.parametrize("platform", EVERY)
def test_a_click_is_answered_whatever_it_leads_to(platform):
    account, event = EVERY[platform].account(), EVERY[platform].requests["click"].event

    assert isinstance(event, ActionClicked)
    for reply in (Reply(), toast("已同意"), *(Reply(card=card) for card in CARDS.values())):
        assert account.encode(event, reply, event.sent_at).status == 200


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("kind", ["text", "card", "image", "file"])
def test_words_cards_pictures_and_files_can_be_said_everywhere(place, kind):
    assert SAID[kind][1](PLACES[place])


def test_buttons_calls_and_recalls_are_where_the_vendors_have_them():
    where = {kind: {name for name, place in PLACES.items() if SAID[kind][1](place)} for kind in SAID}

    assert {"应用建的群", "消息推送的群"} == PLACES.keys() - where["button"]
    assert {"飞书群", "钉钉群", "应用建的群", "消息推送的群"} == where["mention"]
    assert {"应用建的群", "消息推送的群", "智能机器人"} == PLACES.keys() - where["recall"]


@pytest.mark.parametrize("platform", PLATFORMS)
def test_capabilities_are_complete_and_agree(platform):
    able = EVERY[platform].account().capabilities

    for field in dataclasses.fields(Capabilities):
        value = getattr(able, field.name)
        assert type(value) is (int if field.type == "int" else bool), field.name
    assert able.rows > 0
    assert able.buttons > 0 or not able.forms
    assert "group_text" in {*EVERY[platform].requests, *EVERY[platform].pushed}
