"""The mark with the exit code is taken out of a stream, however the stream is cut."""

from __future__ import annotations

import pytest
from agentrun_provider.instance_exec import MarkFilter

MARK = "0123456789abcdef"
END = b"\x1e0123456789abcdef:42\x1e"


@pytest.mark.parametrize("size", range(1, 30))
def test_the_mark_is_found_in_pieces_of_any_size(size: int) -> None:
    stream = b"before\x1eand " + END + b"after"
    taken = MarkFilter(MARK)
    shown = b"".join(
        taken.feed(stream[at : at + size], "err") for at in range(0, len(stream), size)
    )
    assert (shown + taken.rest(), taken.code) == (b"before\x1eand after", 42)


def test_output_is_not_held_back_without_a_reason() -> None:
    taken = MarkFilter(MARK)
    assert taken.feed(b"prompt$ ", "out") == b"prompt$ "
    assert taken.feed(b"\x1e[31m", "out") == b"\x1e[31m"
    assert taken.feed(b"\x1e012", "out") == b""
    assert taken.feed(b"x", "out") == b"\x1e012x"
    assert taken.code is None


def test_the_two_streams_do_not_mix() -> None:
    taken = MarkFilter(MARK)
    assert taken.feed(END[:5], "err") == b""
    assert taken.feed(b"output", "out") == b"output"
    assert taken.feed(END[5:], "err") == b""
    assert taken.code == 42


def test_the_mark_of_another_command_is_output() -> None:
    taken = MarkFilter(MARK)
    other = b"\x1e" + b"f" * 16 + b":0\x1e"
    assert taken.feed(other, "out") + taken.rest() == other
    assert taken.code is None
