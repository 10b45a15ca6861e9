"""
Frames of the long connection: the same bytes as two other implementations make, and no bytes that break the reader.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.feishu.frames import BadFrame, Frame, read_frame, write_frame
from tests.adapters.feishu.feishu_rig import VECTORS

FRAMES = {frame["name"]: frame for frame in VECTORS["ws_frames"]}
numbers = st.integers(0, 2**64 - 1)
frames = st.builds(
    Frame,
    method=st.integers(0, 1),
    service=st.integers(0, 2**31 - 1),
    headers=st.dictionaries(st.text(max_size=20), st.text(max_size=20), max_size=6),
    payload=st.binary(max_size=300),
    seq_id=numbers,
    log_id=numbers,
    more=st.just(()) | st.just(((6, b"gzip"), (9, b"log"))),
)


@pytest.mark.parametrize("name", FRAMES)
def test_the_vectors_are_read_and_written_to_the_byte(name):
    vector = FRAMES[name]
    raw = bytes.fromhex(vector["hex"])

    frame = read_frame(raw)

    assert (vector["method"], vector["service"]) == (frame.method, frame.service)
    assert dict(vector["headers"]) == frame.headers
    assert (vector.get("payload_utf8") or frame.payload.decode()) == frame.payload.decode()
    assert raw == write_frame(frame)


@given(frames)
def test_what_is_written_is_read_again(frame):
    assert frame == read_frame(write_frame(frame))


@given(st.binary(max_size=400))
def test_any_bytes_are_a_frame_or_none(raw):
    try:
        frame = read_frame(raw)
    except BadFrame:
        return
    assert frame.method >= 0


@pytest.mark.parametrize("cut", range(1, 60, 7))
def test_a_cut_frame_is_no_frame(cut):
    with pytest.raises(BadFrame):
        read_frame(bytes.fromhex(FRAMES["client_ping"]["hex"])[:-cut] or b"\xff")


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x08\x00\x10\x00\x18\x01",  # no method
        b"\x08\x00\x10\x00\x18\x01\x20\x00\x2a\x03\x0a\x01\x61",  # a header without value
        b"\x08\x00\x10\x00\x18\x01\x20\x00\x2a\x06\x0a\x01\xff\x12\x01\x61",  # a header that is no text
        b"\x08\x00\x10\x00\x18\x01\x20\x00\x42\xff\xff\xff\xff\x0f",  # a length beyond the end
        b"\xff" * 20,
        b"\x0b",  # a group, which proto2 has given up
    ],
)
def test_damaged_bytes_are_no_frame(raw):
    with pytest.raises(BadFrame):
        read_frame(raw)


def test_fields_of_a_later_version_are_skipped():
    raw = bytes.fromhex(FRAMES["client_ping"]["hex"])

    assert read_frame(raw) == read_frame(raw + b"\x7a\x03new" + b"\x85\x01\x00\x00\x00\x01" + b"\x80\x01\x05")
