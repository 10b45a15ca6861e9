"""
The app's menu: made where there is none, within WeCom's sizes, and its keys are commands.
"""

import json

import pytest

from adapters.wecom.menu import menu_buttons
from bot.router import Router
from handlers.routes import ROUTES
from tests.adapters.wecom.wecom_rig import Rig

OK = {"errcode": 0, "errmsg": "ok"}
NO_MENU = {"errcode": 46003, "errmsg": "menu no exist"}


def entries():
    for button in menu_buttons():
        yield from button.get("sub_button") or [button]


def test_every_entry_that_is_clicked_is_a_command():
    commands = Router.of(ROUTES).commands

    assert [] == [entry["key"] for entry in entries() if entry["type"] == "click" and entry["key"] not in commands]


def test_menu_keeps_the_sizes_of_the_vendor():
    top = menu_buttons()

    assert len(top) <= 3
    assert all(len(button["name"].encode()) <= 16 and len(button.get("sub_button", ())) <= 5 for button in top)
    assert all(len(entry["name"].encode()) <= 40 for entry in entries())


def test_menu_is_made_where_there_is_none():
    rig = Rig()
    rig.platform.answers |= {"menu/get": [NO_MENU], "menu/create": [OK]}

    rig.adapter.warm_up()

    assert {"button": menu_buttons()} == json.loads(rig.platform.calls[-1][3])
    assert ("menu/create", "1000002") == (rig.platform.paths()[-1], rig.platform.calls[-1][2]["agentid"])


def test_menu_that_somebody_made_stays():
    rig = Rig()
    rig.platform.answers["menu/get"] = [OK | {"button": []}]

    rig.adapter.warm_up()

    assert "menu/create" not in rig.platform.paths()


@pytest.mark.parametrize("code", [60020, 48002, -1])
def test_menu_that_cannot_be_made_stops_nothing(code):
    rig = Rig()
    rig.platform.answers["menu/get"] = [{"errcode": code, "errmsg": "no"}]

    rig.adapter.warm_up()

    assert "menu/create" not in rig.platform.paths()


def test_account_that_is_only_a_bot_has_no_menu():
    rig = Rig(mode="aibot", bot_id="b", bot_secret="s", token="", aes_key="", agent_id=0, secret="")

    rig.adapter.warm_up()

    assert [] == rig.platform.calls
