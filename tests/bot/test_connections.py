import threading
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import select

from bot import connections
from bot.clock import Clock
from bot.connections import GAP_AFTER, LONGEST_WAIT, REFUSED_WAIT, STEADY_AFTER, Connections
from bot.events import ChatRef, MessageReceived, Person
from bot.reply import Reply, say_text
from domain.errors import PlatformError
from store.models import Alarm

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
HELLO = MessageReceived(
    "feishu", "main", "event-1", Person("ou_1"), ChatRef("direct", "oc_1"), NOW, message_id="om_1", text="帮助"
)
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


class Line:
    """
    A platform's end of a long connection: what it does next is told by the test.
    """

    def __init__(self):
        self.is_up = False
        self.runs = 0
        self.acknowledged = []
        self._next = threading.Event()
        self._do = None
        self.began = threading.Event()

    def run(self, take, stop):
        self.runs += 1
        self.began.set()
        while not stop.is_set():
            if self._next.wait(0.01):
                self._next.clear()
                self._do(take)

    def tell(self, do):
        self._do = do
        self._next.set()

    def end(self, error):
        def leave(_take):
            self.is_up = False
            raise error

        self.tell(leave)

    def bring(self, event):
        done = threading.Event()

        def deliver(take):
            self.acknowledged.append(take(event))
            done.set()

        self.tell(deliver)
        assert done.wait(5)


class Watched:
    """
    Connections whose watching is done by the test, on a clock of seconds that moves only when told.
    """

    def __init__(self, database, take=lambda _event: Reply()):
        self.seconds = 0.0
        self.line = Line()
        self.database = database
        self.clock = Clock()
        self.clock.now = lambda: NOW + timedelta(seconds=self.seconds)
        http_only = SimpleNamespace(platform="wecom", account="main", connection=None)
        feishu = SimpleNamespace(platform="feishu", account="main", connection=self.line)
        self.connections = Connections([http_only, feishu], take, database, self.clock, monotonic=lambda: self.seconds)

    def look(self, *, after=0.0):
        self.seconds += after
        self.connections.look()

    def connect(self, *, after=0.0):
        self.line.began.clear()
        self.look(after=after)
        assert self.line.began.wait(5)

    def lose(self, error):
        self.line.end(error)
        run = self.connections._lines[0].run
        while not run.done():
            run.exception(5)
        self.look()

    def alarms(self):
        with self.database.read() as tx:
            rows = tx.session.scalars(select(Alarm).order_by(Alarm.id))
            return [(row.message, row.acknowledged_at is None) for row in rows]


@pytest.fixture
def watched(database):
    watched = Watched(database)
    yield watched
    watched.connections.stop()


def test_only_accounts_with_a_long_connection_are_watched(watched):
    assert [("feishu", "main", False)] == [(s.platform, s.account, s.is_up) for s in watched.connections.states()]


def test_an_event_is_answered_before_it_is_acknowledged(database):
    taken = []

    def take(event):
        taken.append(event)
        return say_text("好的")

    watched = Watched(database, take)
    watched.connect()
    watched.line.bring(HELLO)
    watched.connections.stop()

    assert [HELLO] == taken
    assert [say_text("好的")] == watched.line.acknowledged


def test_a_lost_connection_is_opened_again_with_growing_waits(watched):
    waits = []
    watched.connect()
    for _ in range(8):
        watched.lose(PlatformError("websocket_closed", "reset"))
        before = watched.seconds
        while watched.connections._lines[0].run is None:
            watched.look(after=0.5)
        waits.append(watched.seconds - before)

    assert [1, 2, 4, 8, 16, 32, LONGEST_WAIT, LONGEST_WAIT] == waits


def test_after_a_long_good_run_the_first_wait_is_short_again(watched):
    watched.connect()
    watched.lose(PlatformError("websocket_closed"))
    watched.connect(after=1)
    watched.look(after=STEADY_AFTER)

    watched.lose(PlatformError("websocket_closed"))
    watched.connect(after=1)

    assert 3 == watched.line.runs


def test_refused_credentials_raise_an_alarm_at_once_and_are_tried_again_rarely(watched):
    watched.connect()
    watched.lose(PlatformError("feishu_514", "auth failed", permanent=True))

    watched.look(after=REFUSED_WAIT - 1)
    assert 1 == watched.line.runs
    watched.connect(after=1)

    message = "feishu/main: the platform refuses the long connection: feishu_514: auth failed"
    assert [(message, True)] == watched.alarms()
    assert 2 == watched.line.runs


def test_a_gap_raises_one_alarm_which_is_over_when_the_connection_is_back(watched):
    watched.connect()
    watched.line.is_up = True
    watched.look(after=1)
    watched.line.is_up = False
    watched.look(after=1)

    watched.look(after=GAP_AFTER - 1)
    assert [] == watched.alarms()
    watched.look(after=1)
    watched.look(after=1)
    message = "feishu/main: no long connection since 2026-11-23 01:00 UTC"
    assert [(message, True)] == watched.alarms()

    watched.line.is_up = True
    watched.look(after=1)
    assert [(message, False)] == watched.alarms()


def test_a_second_gap_is_a_second_alarm(watched):
    watched.connect()
    for is_up in (False, True, False):
        watched.line.is_up = is_up
        watched.look(after=1)
        watched.look(after=GAP_AFTER)

    assert [False, True] == [is_open for _, is_open in watched.alarms()]


def test_a_bug_in_a_connection_does_not_end_it_for_good(watched):
    watched.connect()
    watched.lose(ZeroDivisionError("of the adapter"))
    watched.connect(after=1)

    assert 2 == watched.line.runs


def test_why_it_is_down_can_be_read(watched):
    watched.connect()
    watched.line.is_up = True
    watched.look(after=1)
    watched.lose(PlatformError("websocket_closed", "1006"))

    (state,) = watched.connections.states()

    assert (False, "websocket_closed: 1006") == (state.is_up, state.trouble)


def test_in_the_background_it_connects_and_ends_when_told(database, monkeypatch):
    monkeypatch.setattr(connections, "WATCH_EVERY", 0.01)
    watched = Watched(database)

    watched.connections.start()
    assert watched.line.began.wait(5)
    watched.connections.stop()

    assert 1 == watched.line.runs


def test_alarms_of_an_earlier_process_are_over_when_this_one_starts(database):
    with database.write() as tx:
        tx.session.add(Alarm(source="connection", source_id="feishu/old@1", message="gone", raised_at=NOW))
    watched = Watched(database)

    watched.connections.start()
    watched.connections.stop()

    assert [("gone", False)] == watched.alarms()
