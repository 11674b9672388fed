"""What is in a package, whichever tool packed it."""

from __future__ import annotations

import io
import random
import stat
import zipfile
from collections.abc import Mapping

import pytest
from agentrun_provider.package_listing import NoArchive, listing_of

LINK = stat.S_IFLNK | 0o777
FILE = stat.S_IFREG | 0o644


def archive(
    files: Mapping[str, str | bytes], links: Mapping[str, str] | None = None, *, unix: bool = True
) -> io.BytesIO:
    stream = io.BytesIO()
    entries = [(name, text, FILE) for name, text in files.items()]
    entries += [(name, text, LINK) for name, text in (links or {}).items()]
    with zipfile.ZipFile(stream, "w") as packed:
        for name, text, mode in entries:
            info = zipfile.ZipInfo(name)
            info.create_system = 3 if unix else 0
            info.external_attr = mode << 16 if unix else 0x20
            packed.writestr(info, text)
    return stream


def test_folders_are_no_files_and_names_are_plain_paths() -> None:
    listed = listing_of(archive({"./app.py": "a", "pkg/": "", "pkg//x.py": "b"}))
    assert sorted(listed) == ["app.py", "pkg/x.py"]
    assert (listed["app.py"].size, listed["app.py"].executable) == (1, False)


def test_the_last_of_two_files_of_one_name_counts() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as packed:
        packed.writestr("app.py", "first")
        with pytest.warns(UserWarning, match="Duplicate"):
            packed.writestr("app.py", "the last")
    assert listing_of(stream)["app.py"].size == len("the last")


def test_an_archive_of_windows_says_nothing_about_execute_bits() -> None:
    assert listing_of(archive({"app.py": "a"}, unix=False))["app.py"].executable is None


def test_names_in_utf_8_are_read_also_where_the_archive_does_not_say_so() -> None:
    data = archive({"数据.txt": "a"}).getvalue()
    said = listing_of(io.BytesIO(data))
    unsaid = bytearray(data)
    for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        unsaid[data.index(mark) + flags + 1] &= ~0x08
    assert listing_of(io.BytesIO(bytes(unsaid))) == said
    assert list(said) == ["数据.txt"]
    other = archive({"é".encode().decode("cp437"): "a"}).getvalue()
    assert len(listing_of(io.BytesIO(other))) == 1


def test_links_are_what_they_lead_to() -> None:
    files = {"lib/a.py": "a", "lib/deep/b.py": "bb", "app.py": "app"}
    links = {
        "bin/run": "../app.py",
        "twice": "bin/run",
        "alias": "lib",
        "through": "alias/deep/b.py",
        "here": ".",
    }
    listed = listing_of(archive(files, links))
    assert listed["bin/run"] == listed["twice"] == listed["app.py"]
    assert listed["alias/deep/b.py"] == listed["through"] == listed["lib/deep/b.py"]
    assert listed["here/lib/a.py"] == listed["alias/a.py"] == listed["lib/a.py"]


@pytest.mark.parametrize(
    "target", ["/etc/passwd", "../../outside", "..", "nowhere", "loop", "", "x" * 5000]
)
def test_links_that_lead_nowhere_stay_what_they_are(target: str) -> None:
    listed = listing_of(archive({"app.py": "a"}, {"loop": target}))
    assert set(listed) == {"app.py", "loop"}
    assert listed["loop"].size == len(target)


@pytest.mark.parametrize("name", ["/abs/link", "//link", "../link", "/"])
def test_a_link_at_a_place_outside_is_followed_no_further(name: str) -> None:
    assert len(listing_of(archive({"app.py": "a"}, {name: "/abs"}))) == 2


def test_what_is_no_archive_is_told_as_such_however_it_is_broken() -> None:
    whole = archive({f"{n}.py": "x" * n for n in range(40)}, {"link": "1.py"}).getvalue()
    for data in (b"", b"hello", whole[:-30], whole[: len(whole) // 2]):
        with pytest.raises(NoArchive):
            listing_of(io.BytesIO(data))
    chance = random.Random(7)  # noqa: S311 - repeatable on purpose
    for _ in range(300):
        broken = bytearray(whole)
        for _ in range(3):
            broken[chance.randrange(len(whole) - 3000, len(whole))] = chance.randrange(256)
        try:
            listing_of(io.BytesIO(bytes(broken)))
        except NoArchive:
            continue
