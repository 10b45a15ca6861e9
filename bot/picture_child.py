"""
Reads one picture in a process of its own: the codes on it, else its lines of text. Run by `bot/pictures.py`.

A picture from outside may be made to break its reader, so this process has no network, little memory and little time,
and knows nothing: it imports nothing of ours, gets the picture on standard input and writes one JSON object.
"""

from __future__ import annotations

import contextlib
import ctypes
import io
import json
import os
import sys
from typing import Any, Final

MEMORY_BYTES: Final = 3 * 1024**3
"""Address space, not memory in use: the character reader maps far more (0.6 GB) than it touches."""
CPU_SECONDS: Final = 40
POLITENESS: Final = 10
"""Reading can wait, clicks cannot."""
MAX_PIXELS: Final = 25_000_000
MAX_JPEG_PIXELS: Final = 120_000_000
"""A JPEG can be opened at a fraction of its size: a large photo of a phone needs no more memory than a small one."""
LONGEST_SIDE: Final = 2400
CARD_STARTS: Final = ("BEGIN:VCARD", "MECARD:")
_NEW_USER_AND_NETWORK: Final = 0x1000_0000 | 0x4000_0000


def main() -> None:
    """
    Read the picture on standard input; `fault` says why it cannot be read.
    """
    answer = os.dup(1)
    os.dup2(2, 1)  # libraries that print must not spoil the answer
    _confine()
    with os.fdopen(answer, "w", encoding="utf-8") as out:
        json.dump(_read(sys.stdin.buffer.read()), out, ensure_ascii=False)


def _confine() -> None:
    """
    Give up what is not needed. A kernel that does not let us leave the network still has the other limits.
    """
    with contextlib.suppress(ImportError):  # not on Windows
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
        resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        os.nice(POLITENESS)
    with contextlib.suppress(OSError, AttributeError, TypeError):
        ctypes.CDLL(None).unshare(_NEW_USER_AND_NETWORK)


def _read(content: bytes) -> dict[str, Any]:
    picture = _opened(content)
    if isinstance(picture, str):
        return {"fault": picture}
    codes = _codes(picture)
    if any(code.upper().startswith(CARD_STARTS) for code in codes):
        return {"codes": codes, "lines": []}
    return {"codes": codes, "lines": _lines(picture)}


def _opened(content: bytes) -> Any:
    """
    The picture, upright and not larger than needed; a fault's code when it is too large or no picture.
    """
    from PIL import Image, ImageOps, UnidentifiedImageError

    Image.MAX_IMAGE_PIXELS = None  # counted here
    try:
        with Image.open(io.BytesIO(content), formats=("JPEG", "PNG", "WEBP")) as file:
            pixels = file.width * file.height
            if pixels > (MAX_JPEG_PIXELS if file.format == "JPEG" else MAX_PIXELS):
                return "too_large"
            if file.format == "JPEG":
                file.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            upright = ImageOps.exif_transpose(file).convert("RGB")
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError):
        return "unsupported"
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    return upright


def _codes(picture: Any) -> list[str]:
    import zxingcpp

    only_qr = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode])
    found = zxingcpp.read_barcodes(picture.convert("L"), formats=only_qr)
    return [code.text for code in found if code.text]


def _lines(picture: Any) -> list[str] | None:
    """
    The lines of text from top to bottom; None where the character reader is not installed.
    """
    try:
        import numpy as np
        from rapidocr import RapidOCR
    except ImportError:
        return None
    found = RapidOCR()(np.asarray(picture)[:, :, ::-1])
    return [str(line) for line in found.txts or ()]


if __name__ == "__main__":
    main()
