"""Colours and short names of types."""

from __future__ import annotations

import io

import pytest
from pulumi_local.style import Palette, display_type


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("stream", "environ", "choice", "colored"),
    [
        (Terminal(), {}, "auto", True),
        (Terminal(), {"NO_COLOR": "1"}, "auto", False),
        (Terminal(), {"TERM": "dumb"}, "auto", False),
        (io.StringIO(), {}, "auto", False),
        (io.StringIO(), {}, "always", True),
        (Terminal(), {}, "never", False),
    ],
)
def test_the_choice_of_colour(
    stream: io.StringIO, environ: dict[str, str], choice: str, colored: bool
) -> None:
    assert Palette.for_stream(stream, environ, choice).enabled is colored


@pytest.mark.parametrize(
    ("token", "short"),
    [
        ("pulumi-python:dynamic/demo:Thing", "demo:Thing"),
        ("pulumi-python:dynamic:Resource", "Resource"),
        ("aws:s3/bucket:Bucket", "aws:s3:Bucket"),
        ("demo:index:Group", "demo:index:Group"),
        ("pulumi:pulumi:Stack", "pulumi:pulumi:Stack"),
    ],
)
def test_types_are_shortened_for_reading(token: str, short: str) -> None:
    assert display_type(token) == short
