"""
The menu at the bottom of the app's chat (应用菜单): its keys are the names of commands.

It is made where there is none; one that somebody made in the console stays.
Source: https://developer.work.weixin.qq.com/document/path/90231 (read 2026-08)
"""

from __future__ import annotations

from typing import Final

from adapters.wecom.client import WeComClient
from cards.text import MENU, MORE_ENTRIES, PHOTOGRAPH_CARD
from domain.errors import PlatformError

TOP_ENTRIES: Final = 2
PHOTO_KEY: Final = "business_card"
_NO_MENU: Final = "wecom_46003"

Entry = dict[str, object]


def ensure_menu(client: WeComClient, agent_id: int) -> None:
    """
    Make the menu unless the app has one.

    Raises:
        PlatformError: see `errors.py`.
    """
    try:
        client.menu.get(agent_id)
    except PlatformError as error:
        if error.code != _NO_MENU:
            raise
        client.menu.create(agent_id, {"button": menu_buttons()})


def menu_buttons() -> list[Entry]:
    """
    The first commands as entries of their own, the others behind one; a picture taken there comes as a message.
    """
    entries: list[Entry] = [{"type": "click", "name": label, "key": key} for key, label in MENU.items()]
    photo = {"type": "pic_photo_or_album", "name": PHOTOGRAPH_CARD, "key": PHOTO_KEY}
    more = [*entries[TOP_ENTRIES:], photo]
    return [*entries[:TOP_ENTRIES], {"name": MORE_ENTRIES, "sub_button": more}]
