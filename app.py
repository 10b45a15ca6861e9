"""
The composition root: the only place that knows everybody. Builds the product, serves it, and is the `liaodan` command.
"""

from __future__ import annotations

import base64
import gc
import hashlib
import logging
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from functools import partial
from importlib import metadata as distribution
from pathlib import Path
from secrets import token_hex
from typing import Any, TextIO

import structlog
from flask import Flask

from adapters import accounts
from adapters.registry import PLATFORMS
from bot import logs
from bot import settings as settings_module
from bot.arrivals import Arrivals
from bot.attachments import Attachments
from bot.calendar import work_calendar
from bot.check_clicks import CheckClicks
from bot.clock import Clock
from bot.connections import Connections
from bot.delivery import Delivery
from bot.directory import DirectoryReader
from bot.dispatch import Bot
from bot.groups import Rosters
from bot.keyring import Keyring
from bot.platform_checks import Inbound, Trial, seen_here
from bot.ports import Adapter, SharedState
from bot.post import Account
from bot.router import Router
from bot.settings import Settings
from bot.settings_file import save_account
from bot.units import Units
from cards.actions import ActionSeal
from domain.dedup import Party, profile
from domain.errors import SettingsError
from domain.login import SessionLimits
from domain.text import understand
from handlers import people
from handlers.demo import load_demo_company
from handlers.local_login import LocalLogin
from handlers.routes import ROUTES
from scheduler.jobs import JOBS
from scheduler.runner import Ran, Runner
from store import meta, migrate, scope
from store.engine import Database
from store.locking import ServeLock
from store.shared_state import DatabaseSharedState
from web.parts import Parts
from web.server import create_server

log = structlog.get_logger()

COLLECT_AFTER = (20_000, 20, 50)
"""New objects, and younger collections, before each generation is looked through."""
Adapters = Mapping[tuple[str, str], Adapter]


@dataclass(frozen=True)
class Product:
    """
    Everything that was built, wired together. Nothing runs yet.
    """

    settings: Settings
    database: Database
    clock: Clock
    units: Units
    adapters: Adapters
    bot: Bot
    door: CheckClicks
    seal: ActionSeal
    shared: SharedState
    arrivals: Arrivals
    delivery: Delivery
    runner: Runner
    connections: Connections
    directories: DirectoryReader
    attachments: Attachments
    rosters: Rosters

    def start(self) -> None:
        """
        Start the background work of a serving process.
        """
        self.database.start_checkpointer()
        self.delivery.start()
        self.runner.start()
        self.attachments.start()
        self.rosters.start()
        self.connections.start()
        threading.Thread(target=self._warm_up, name="warm-up", daemon=True).start()

    def stop(self) -> None:
        """
        End the background work and close the database.
        """
        self.connections.stop()
        self.directories.stop()
        self.attachments.stop()
        self.rosters.stop()
        self.runner.stop()
        self.delivery.stop()
        self.database.close()

    def reset(self) -> None:
        """
        Demo mode: empty the database and load the demo company again.
        """
        with self.runner.undisturbed():
            self.clock.reset()
            self.database.clear()
            load_demo_company(self.units, accounts_of(self.adapters))

    def _warm_up(self) -> None:
        """
        Load what the first callback would otherwise wait for: word tables, the calendar, then the platforms' SDKs.
        """
        now = self.clock.now()
        understand("报备 杭州云途科技 张伟 13800001111", now=now)
        profile(Party(name="杭州云途科技"))
        work_calendar(now.date())
        for adapter in self.adapters.values():
            warm_up = getattr(adapter, "warm_up", None)
            if warm_up is not None:
                warm_up()
        _spare_the_collector()


def _spare_the_collector() -> None:
    """
    What is loaded by now stays for good: the garbage collector need not look through it again and again.

    Measured: a callback costs 6 % less, and no callback waits for a collection of everything.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT_AFTER)


def build(settings: Settings, *, clock: Clock | None = None) -> Product:
    """
    The product for these settings.

    Raises:
        SettingsError: a platform account is configured wrongly; all faults at once.
    """
    scope.install()
    clock = clock or Clock()
    secret = settings_module.secret_of(settings)
    database = Database(settings.effective_database_url)
    seal = ActionSeal(secret)
    shared = DatabaseSharedState(database, _token_key(secret))
    given = {platform: getattr(settings, platform) for platform in PLATFORMS}
    configs = accounts.read_all(given, public_url=settings.public_url)
    adapters = accounts.build(configs, shared=shared, seal=seal.seal, clock=clock.now)
    units = Units(database, clock, accounts_of(adapters), public_url=settings.public_url)
    delivery = Delivery(database, adapters, clock)
    bot = Bot(database, units, Router.of(ROUTES), adapters, seal, clock, delivery.wake)
    door = CheckClicks(bot.handle, seal, shared, clock)
    take = partial(people.take, newcomer_role=settings.newcomer_role)
    directories = DirectoryReader(units, adapters, take=take)
    runner = Runner(units, JOBS, drain=delivery.drain, poll=directories.run_due)
    connections = Connections(adapters.values(), door.handle, database, clock)
    attachments = Attachments(database, adapters, bot.handle, clock)
    rosters = Rosters(database, adapters, clock)
    return Product(
        settings,
        database,
        clock,
        units,
        adapters,
        bot,
        door,
        seal,
        shared,
        Arrivals(),
        delivery,
        runner,
        connections,
        directories,
        attachments,
        rosters,
    )


def create_app(
    settings: Settings | None = None, *, log_to: TextIO | None = None, settings_file: Path | None = None
) -> Flask:
    """
    The WSGI application of a serving process, with its background threads running.
    """
    settings = settings or settings_module.load()
    logs.configure(log_to)
    lock = ServeLock(settings.data_dir)
    product = build(settings)
    if product.database.is_sqlite:
        lock.acquire()
    migrate.upgrade(product.database.engine)
    _keep_demo_apart(product)
    with product.database.write() as tx:
        meta.note_served(tx, (f"{platform}/{account}" for platform, account in product.adapters))
    product.start()
    server = create_server(parts_of(product, settings_file))
    server.extensions["liaodan_product"] = (product, lock)
    log.info("serve.started", mode=settings.mode, accounts=len(product.adapters))
    return server


def _keep_demo_apart(product: Product) -> None:
    """
    Demo mode loads the demo company into an empty database; production refuses a database that ever held one.

    Raises:
        SettingsError: this is production on a demo's database.
    """
    with product.database.read() as tx:
        was_demo = meta.was_demo(tx)
    if product.settings.mode == "demo":
        load_demo_company(product.units, accounts_of(product.adapters))
    elif was_demo:
        shown = product.database.url.render_as_string(hide_password=True)
        raise SettingsError([f"database_url {shown}: it held a demo; production needs another database"])


def parts_of(product: Product, settings_file: Path | None = None) -> Parts:
    """
    What the web floor gets to see.
    """
    settings, keys = product.settings, Keyring(settings_module.secret_of(product.settings))
    limits = SessionLimits(timedelta(minutes=settings.session_idle_minutes), timedelta(hours=settings.session_hours))
    return Parts(
        door=product.door,
        arrivals=product.arrivals,
        units=product.units,
        adapters=product.adapters,
        is_demo=product.settings.mode == "demo",
        demo_secret=product.settings.demo_secret.get_secret_value(),
        secret=settings_module.secret_of(product.settings),
        sandbox_url=product.settings.sandbox_url,
        version=version(),
        advance=lambda target: [_as_json(ran) for ran in product.runner.advance(target)],
        reset=product.reset,
        is_ready=lambda: migrate.is_current(product.database.engine),
        public_url=settings.public_url,
        keys=keys,
        local_login=LocalLogin(product.units, keys, limits),
        session_limits=limits,
        trusted_proxies=settings.proxies,
        connections=product.connections.states,
        setup=Desk(product, settings_file or Path(settings_module.FILE_NAME)),
    )


def trial_of(product: Product, place: tuple[str, str], me: str = "") -> Trial:
    """
    An account of this product on trial, as far as this process sees it.
    """
    adapter = product.adapters[place]
    inbound = seen_here(adapter, product.connections.states, product.arrivals)
    return Trial(adapter, inbound, product.door.was_pressed, ref=f"try-{token_hex(8)}", me=me)


@dataclass(frozen=True)
class Desk:
    """
    The set-up page's way to platform accounts, see `web.parts.SetupDesk`.
    """

    product: Product
    settings_file: Path

    def fields(self, platform: str) -> list[dict[str, Any]]:
        """
        What somebody copies from the vendor's console; addresses are the operator's.
        """
        usual = accounts.usual_settings(platform)
        known = accounts.settings_of(platform).values()
        return [{**asdict(each), "is_usual": each.name in usual} for each in known if not each.is_address]

    def faults(self, platform: str, account: str, values: Mapping[str, str]) -> dict[str, str]:
        """
        The first fault of each setting.
        """
        found = self._read(platform, account, values)[1]
        return {fault.name: fault.why for fault in reversed(found)}

    def save(self, platform: str, account: str, values: Mapping[str, str]) -> str:
        """
        Into the file that was read at the start.
        """
        save_account(self.settings_file, platform, account, values)
        return str(self.settings_file)

    def newcomer(self, platform: str, account: str, values: Mapping[str, str], me: str) -> Trial:
        """
        An adapter of its own, which ends with the trial.
        """
        product = self.product
        config, faults = self._read(platform, account, values)
        if faults:
            raise SettingsError([str(fault) for fault in faults])
        built = accounts.build(
            [(platform, config)], shared=product.shared, seal=product.seal.seal, clock=product.clock.now
        )
        adapter = built[platform, account]
        return Trial(adapter, Inbound, product.door.was_pressed, ref=f"try-{token_hex(8)}", me=me, is_served=False)

    def served(self, platform: str, account: str, me: str) -> Trial:
        """
        As this process sees it.
        """
        return trial_of(self.product, (platform, account), me)

    def _read(self, platform: str, account: str, values: Mapping[str, str]) -> tuple[Any, list[accounts.Fault]]:
        settings = self.product.settings
        whole = accounts.with_addresses_of(getattr(settings, platform).values(), platform, values)
        return accounts.read(platform, account, whole, public_url=settings.public_url)


def accounts_of(adapters: Adapters) -> list[Account]:
    """
    The configured accounts as the post office needs them.
    """
    return [Account(adapter.platform, adapter.account, adapter.corp_id) for adapter in adapters.values()]


def version() -> str:
    """
    The installed version.
    """
    try:
        return distribution.version("liaodan")
    except distribution.PackageNotFoundError:
        return "0"


def _token_key(secret: bytes) -> bytes:
    return base64.urlsafe_b64encode(hashlib.sha256(b"platform tokens " + secret).digest())


def _as_json(ran: Ran) -> dict[str, str]:
    return {"job": ran.job, "slot": ran.slot.isoformat(), "state": ran.state, "result": ran.result}


def main(arguments: Sequence[str] | None = None) -> int:
    """
    The `liaodan` command.
    """
    from commands import run

    return run(list(sys.argv[1:] if arguments is None else arguments))


if __name__ == "__main__":
    logging.captureWarnings(capture=True)
    raise SystemExit(main())
