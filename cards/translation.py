"""
The one translation function of all user text: message ids are the Chinese sentences themselves.
"""

from __future__ import annotations

import gettext
from pathlib import Path

CATALOGUES = Path(__file__).resolve().parent.parent / "i18n"

_ = gettext.translation("liaodan", CATALOGUES, languages=["zh_CN"], fallback=True).gettext
