"""Hashes of assets; the expected ones were taken from a state written by the Pulumi CLI."""

from __future__ import annotations

import pytest
from pulumi_local.assets import hash_assets
from pulumi_local.errors import EngineError
from pulumi_local.values import ARCHIVE_SIG, ASSET_SIG, SIG_KEY, Secret

DEEP = "d" * 60 + "/" + "e" * 60


def asset(**fields):
    return {SIG_KEY: ASSET_SIG, **fields}


def archive(**fields):
    return {SIG_KEY: ARCHIVE_SIG, **fields}


def hash_of(value, folder):
    return hash_assets({"v": value}, folder)["v"]["hash"]


@pytest.fixture
def folder(tmp_path):
    """A folder with all that is special: a long name, links, and the CLI's own folder."""
    top = tmp_path / "dir"
    for name, content in {
        "a.txt": b"x\n",
        "sub/z": b"yy\n",
        "sub/.pulumi/no": b"n\n",
        "sub-a": b"q\n",
        "b/big": bytes(3000),
        DEEP: b"l\n",
    }.items():
        path = top / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    (top / "link").symlink_to("sub")
    (top / "lf").symlink_to("a.txt")
    return tmp_path


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (
            asset(path="dir/a.txt"),
            "73cb3858a687a8494ca3323053016282f3dad39d42cf62ca4e79dda2aac7d9ac",
        ),
        (asset(text="héllo"), "3c48591d8d098a4538f5e013dfcf406e948eac4d3277b10bf614e295d6068179"),
        (archive(path="dir"), "acd0ec7fe06bcf94b63583042034d19c502b7808c86a3c48a743c6ad8d525009"),
        (
            archive(assets={"x/y": asset(text="1"), "f": archive(path="dir")}),
            "7fdf36ec0f9bd8c0006dd3b346cbcdc49bfa5dabda23e234196b1324f477dd4c",
        ),
    ],
)
def test_hashes_are_those_of_the_cli(folder, value, expected):
    assert hash_of(value, folder) == expected


def test_an_archive_file_is_hashed_as_it_is(folder):
    (folder / "x.zip").write_bytes(b"x\n")
    assert hash_of(archive(path="x.zip"), folder) == hash_of(asset(text="x\n"), folder)


def test_assets_are_found_at_any_depth(folder):
    values = {"a": [Secret({"b": asset(text="1")})]}
    assert "hash" in hash_assets(values, folder)["a"][0].value["b"]


def test_what_is_elsewhere_is_left_to_the_provider(folder):
    value = asset(uri="https://example.com/x")
    assert hash_assets({"v": value}, folder) == {"v": value}


@pytest.mark.parametrize("value", [asset(path="none"), archive(path="none")])
def test_a_missing_file_is_a_clear_error(folder, value):
    with pytest.raises(EngineError, match="none"):
        hash_of(value, folder)


def test_a_changed_file_updates_the_resource_that_was_made_from_it(stack):
    (stack.folder / "code.txt").write_text("1")

    def program(p):
        p.resource("a", {"code": asset(path="code.txt")})

    stack.up(program)
    assert stack.up(program).unchanged
    (stack.folder / "code.txt").write_text("2")
    assert stack.up(program).changes == {"update": 1, "same": 1}
