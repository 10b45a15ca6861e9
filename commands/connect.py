"""
`connect`: a platform account from nothing to a card that was clicked, one question and one live check after the other.
"""

from __future__ import annotations

import argparse
import getpass
import re
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import resources
from pathlib import Path

from adapters import accounts
from bot import settings as settings_module
from bot.platform_checks import Trial
from bot.settings import Settings
from bot.settings_file import save_account
from cards import connect as words
from commands import trials
from commands.errors import CommandError
from commands.platform_doctor import is_served, look_from_beside, must_be_current
from domain.errors import SettingsError

ACCOUNT_NAME = re.compile(r"[a-z0-9]{1,20}")
LOG = "connect.log"
TRIES = 3


def connect(options: argparse.Namespace) -> int:
    """
    Ask for the settings, keep them, and check the connection. Exit code 1 when a step failed.
    """
    if not ACCOUNT_NAME.fullmatch(options.account):
        raise SettingsError([f"--account {options.account!r}: 1 to 20 lower-case letters and digits"])
    if options.template:
        _write_template(options.platform, options.template)
    settings = settings_module.load(options.config)
    known: Mapping[str, str] = getattr(settings, options.platform).get(options.account, {})
    values = {**known, **_given(options.set)}
    if not options.set:
        values = _asked(options, values, settings.public_url)
    _, faults = accounts.read(options.platform, options.account, values, public_url=settings.public_url)
    if faults:
        raise SettingsError([str(fault) for fault in faults])
    _keep(options, values)
    if options.no_check:
        return 0
    me = options.me or ("" if options.set else _answer(words.ask_for_me()))
    changed = {options.platform: {options.account: values}}
    return _check(settings_module.load(options.config, **changed), (options.platform, options.account), me)


def _check(settings: Settings, place: tuple[str, str], me: str) -> int:
    with _on_trial(settings, place, me) as trial:
        failed = trials.tell(trial, public_url=settings.public_url)
    print(words.summary(failed))
    if failed:
        raise CommandError(f"connect: {failed} of the steps failed", "do what is said there and try again")
    print(words.next_step(is_running=not trial.is_served))
    return 0


@contextmanager
def _on_trial(settings: Settings, place: tuple[str, str], me: str) -> Iterator[Trial]:
    """
    The account on trial: inside the whole product, which serves meanwhile, or beside the one that serves already.
    """
    from app import build, create_app, trial_of

    if is_served(settings):
        product = build(settings)
        try:
            must_be_current(product.database)
            trial = trial_of(product, place, me)
            look_from_beside(trial, product.database, settings)
            yield trial
        finally:
            product.database.close()
        return
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    with (settings.data_dir / LOG).open("a", encoding="utf-8") as log:
        application = create_app(settings, log_to=log)
        product, _ = application.extensions["liaodan_product"]
        try:
            with _listening(settings, application):
                yield trial_of(product, place, me)
        finally:
            product.stop()


@contextmanager
def _listening(settings: Settings, application: object) -> Iterator[None]:
    """
    Callbacks are answered while the steps are made.
    """
    from werkzeug.serving import WSGIRequestHandler, make_server

    class Quiet(WSGIRequestHandler):
        """
        No line per request: the terminal belongs to the steps.
        """

        def log(self, _kind: str, _message: str, *_values: object) -> None:
            """
            Nothing.
            """

    server = make_server(settings.host, settings.port, application, threaded=True, request_handler=Quiet)  # type: ignore[arg-type]  # a Flask application is one
    thread = threading.Thread(target=server.serve_forever, name="connect", daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _given(pairs: list[str]) -> dict[str, str]:
    """
    The settings of the command line.
    """
    wordless = [pair for pair in pairs if "=" not in pair]
    if wordless:
        raise SettingsError([f"--set {pair!r}: write KEY=VALUE" for pair in wordless])
    return {name.strip().lower(): value.strip() for name, _, value in (pair.partition("=") for pair in pairs)}


def _asked(options: argparse.Namespace, given: Mapping[str, str], public_url: str) -> dict[str, str]:
    """
    Ask for what is worth a question, then for whatever is missing or wrong, until nothing is.
    """
    values = dict(given)
    known = accounts.settings_of(options.platform)
    print(words.opening(options.platform, options.account))
    for setting in sorted((each for each in known.values() if each.asked), key=lambda each: each.name != "mode"):
        values[setting.name] = _answer_for(setting, values.get(setting.name) or setting.default)
    tries: dict[str, int] = {}
    while faults := accounts.read(options.platform, options.account, values, public_url=public_url)[1]:
        fault = faults[0]
        tries[fault.name] = tries.get(fault.name, 0) + 1
        if fault.why == "unknown" or tries[fault.name] > TRIES:
            raise SettingsError([str(fault)])
        if values.get(fault.name):
            print(f"  {words.not_valid(fault.name)}")
        values[fault.name] = _answer_for(known[fault.name], "")
    return {name: value for name, value in values.items() if value}


def _answer_for(setting: accounts.Setting, default: str) -> str:
    print(f"{setting.name}：{setting.console}")
    shown = f"  [{default}] " if default and not setting.is_secret else "  "
    return _answer(shown, is_secret=setting.is_secret) or default


def _answer(prompt: str, *, is_secret: bool = False) -> str:
    try:
        return (getpass.getpass(prompt) if is_secret and sys.stdin.isatty() else input(prompt)).strip()
    except EOFError:
        raise CommandError("connect: the answers ended", "answer every question, or give all with --set") from None


def _keep(options: argparse.Namespace, values: Mapping[str, str]) -> None:
    """
    Into the settings file, or onto the screen for who sets the environment.
    """
    if options.print:
        for name, value in values.items():
            print(f"{accounts.variable_of(options.platform, options.account, name)}={value}")
        return
    path = options.config or Path(settings_module.FILE_NAME)
    save_account(path, options.platform, options.account, values)
    print(words.saved(str(path)))


def _write_template(platform: str, path: Path) -> None:
    if platform != "dingtalk":
        raise SettingsError([f"--template {path}: only DingTalk has card templates to import"])
    source = resources.files("adapters.dingtalk.template").joinpath("liaodan-card.json")
    try:
        path.write_bytes(source.read_bytes())
    except OSError as error:
        raise CommandError(f"--template {path}: {error.strerror}", "choose another file") from None
    print(words.template_written(str(path)))
