import struct
import sys
import time
import zlib
from importlib.util import find_spec
from pathlib import Path

import pytest

from bot import pictures
from bot.pictures import Picture, Unreadable, can_read_pictures, read_picture

sys.path.insert(0, str(Path(__file__).parent))

import card_pictures
from card_pictures import LINES, VCARD, card, encoded, photo, qr

needs_font = pytest.mark.skipif(card_pictures.FONT is None, reason="no Chinese font to draw a card with")
needs_reader = pytest.mark.skipif(find_spec("rapidocr") is None, reason="the extra `ocr` is not installed")


@pytest.mark.parametrize("degrees", [0, 17, 90])
def test_a_qr_code_on_a_photographed_card_is_read(degrees):
    read = read_picture(photo(card(lines=(), code=VCARD), degrees=degrees))

    assert isinstance(read, Picture)
    assert (VCARD,) == read.codes


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_pictures_of_each_kind_are_opened(kind):
    assert ("MECARD:N:张伟;;",) == read_picture(encoded(qr("MECARD:N:张伟;;"), kind)).codes


@needs_font
@needs_reader
@pytest.mark.parametrize("degrees", [0, 5])
def test_the_lines_of_a_photographed_card_are_read(degrees):
    read = read_picture(photo(card(), degrees=degrees))

    together = "".join(read.lines).replace(" ", "")
    assert [] == [line for line in LINES if line.replace(" ", "") not in together]


@pytest.mark.skipif(find_spec("rapidocr") is not None, reason="the extra `ocr` is installed")
def test_where_nothing_reads_text_the_picture_says_so():
    assert Picture(("https://u.wechat.com/abc",), None) == read_picture(encoded(qr("https://u.wechat.com/abc"), "PNG"))


def test_a_large_photo_is_opened_at_a_fraction_of_its_size():
    large = encoded(qr().resize((9000, 9000)), "JPEG", quality=60)

    assert (VCARD,) == read_picture(large).codes


def bomb(width, height):
    """
    A PNG of a few hundred bytes that claims to be as large as this.
    """

    def chunk(name, body):
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (bomb(100_000, 100_000), "too_large"),
        (bomb(5001, 5000), "too_large"),
        (bomb(4000, 4000), "unsupported"),
        (b"", "unsupported"),
        (b"\xff\xd8\xff broken", "unsupported"),
        (b"GIF89a", "unsupported"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "unsupported"),
    ],
    ids=["flood", "just too large", "truncated", "nothing", "broken", "gif", "svg"],
)
def test_what_cannot_be_read_has_a_name_and_costs_little(content, fault):
    began = time.monotonic()

    assert Unreadable(fault) == read_picture(content)
    assert time.monotonic() - began < 20


def test_a_reader_that_takes_too_long_is_ended(monkeypatch, tmp_path):
    slow = tmp_path / "slow.py"
    slow.write_text("import time; time.sleep(60)")
    monkeypatch.setattr(pictures, "_CHILD", slow)
    monkeypatch.setattr(pictures, "SECONDS", 0.5)

    assert Unreadable("failed") == read_picture(b"picture")


@pytest.mark.parametrize("program", ["raise SystemExit(1)", "print('no json')", "import os; os.abort()"])
def test_a_reader_that_breaks_is_a_failure_and_no_exception(monkeypatch, tmp_path, program):
    broken = tmp_path / "broken.py"
    broken.write_text(program)
    monkeypatch.setattr(pictures, "_CHILD", broken)

    assert Unreadable("failed") == read_picture(b"picture")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows knows no such limits")
def test_the_reader_gets_little_memory_no_files_and_none_of_our_secrets(monkeypatch, tmp_path):
    monkeypatch.setenv("LIAODAN_SECRET_KEY", "do not tell")
    spy = tmp_path / "spy.py"
    spy.write_text(
        f"import sys; sys.path.insert(0, {str(pictures._CHILD.parent)!r})\n"
        "import json, os, resource, picture_child as child\n"
        "child._confine()\n"
        "limits = [resource.getrlimit(each)[1] for each in (resource.RLIMIT_AS, resource.RLIMIT_FSIZE)]\n"
        "print(json.dumps({'codes': [str(limits), str('LIAODAN_SECRET_KEY' in os.environ)]}))"
    )
    monkeypatch.setattr(pictures, "_CHILD", spy)

    assert ("[3221225472, 0]", "False") == read_picture(b"").codes


def test_this_installation_says_whether_it_reads_pictures(monkeypatch):
    can_read_pictures.cache_clear()
    monkeypatch.setattr(pictures, "find_spec", lambda name: None if name == "zxingcpp" else object())
    assert not can_read_pictures()

    can_read_pictures.cache_clear()
    monkeypatch.undo()
    assert can_read_pictures()
