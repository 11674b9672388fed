"""Folders kept by key: whole or not at all, whoever makes them, and not for ever."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import pytest
from agentrun_provider.building import cache as cache_module
from agentrun_provider.building.cache import CACHE_VARIABLE, Cache, cache_folder
from agentrun_provider.building.failures import BuildError

from ..unit.code_folders import posix_only

DAY = 86400.0


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "kept").mkdir()
    return tmp_path / "kept"


class Maker:
    """Fills folders, and counts how often."""

    def __init__(self, text: str = "one") -> None:
        self.text = text
        self.calls = 0

    def __call__(self, folder: Path) -> None:
        self.calls += 1
        (folder / "inner").mkdir()
        (folder / "inner/file.txt").write_text(self.text)


def test_what_was_made_once_is_found_again(root: Path) -> None:
    make = Maker()
    first = Cache(root).obtain("key", make)
    assert (first / "inner/file.txt").read_text() == "one"
    assert Cache(root).obtain("key", make) == first
    assert Cache(root).find("key") == first
    assert Cache(root).find("other") is None
    assert make.calls == 1


def test_it_is_made_anew_when_asked_for(root: Path) -> None:
    Cache(root).obtain("key", Maker("one"))
    content = Cache(root).obtain("key", Maker("two"), anew=True)
    assert (content / "inner/file.txt").read_text() == "two"
    assert [path.name for path in root.iterdir()] == ["key"]


def test_nothing_is_left_of_what_could_not_be_made(root: Path) -> None:
    def fail(folder: Path) -> None:
        (folder / "half").write_text("x")
        raise BuildError("no")

    with pytest.raises(BuildError, match="no"):
        Cache(root).obtain("key", fail)
    assert list(root.iterdir()) == []


def test_an_interrupt_while_making_leaves_nothing(root: Path) -> None:
    def interrupted(folder: Path) -> None:
        (folder / "half").write_text("x")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Cache(root).obtain("key", interrupted)
    assert list(root.iterdir()) == []


@pytest.mark.parametrize("harm", ["lost", "cut", "zeroed", "added", "unlisted"])
def test_an_entry_that_was_tampered_with_is_made_again(root: Path, harm: str) -> None:
    make = Maker()
    content = Cache(root).obtain("key", make)
    file = content / "inner/file.txt"
    if harm == "lost":
        file.unlink()
    elif harm == "cut":
        file.write_text("")
    elif harm == "zeroed":
        file.write_bytes(b"\0" * file.stat().st_size)
    elif harm == "added":
        (content / "more.txt").write_text("x")
    else:
        (content.parent / "files.json").write_text("{")
    assert Cache(root).find("key") is None
    again = Cache(root).obtain("key", make)
    assert [path.name for path in again.rglob("*.txt")] == ["file.txt"]
    assert (again / "inner/file.txt").read_text() == "one"
    assert make.calls == 2


def test_threads_that_want_the_same_wait_for_the_one_that_makes_it(root: Path) -> None:
    make, started, going = Maker(), threading.Event(), threading.Event()

    def slowly(folder: Path) -> None:
        started.set()
        assert going.wait(10)
        make(folder)

    found: list[Path] = []
    threads = [
        threading.Thread(target=lambda: found.append(Cache(root).obtain("key", slowly)))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    assert started.wait(10)
    going.set()
    for thread in threads:
        thread.join(10)
    assert len(set(found)) == 1
    assert len(found) == 4
    assert make.calls == 1


def test_of_two_processes_that_want_the_same_one_makes_it_and_the_other_waits(root: Path) -> None:
    program = textwrap.dedent(
        """
        import sys
        from pathlib import Path
        from agentrun_provider.building.cache import Cache

        def say(word):
            sys.stdout.write(f"{word}\\n")
            sys.stdout.flush()

        def make(folder):
            (folder / "file.txt").write_text("whole")
            say("making")
            sys.stdin.readline()

        content = Cache(Path(sys.argv[1])).obtain("key", make, waiting=lambda: say("waiting"))
        say((content / "file.txt").read_text())
        """
    )
    processes = []
    for expected in ("making", "waiting"):
        process = subprocess.Popen(
            [sys.executable, "-c", program, str(root)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        processes.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == f"{expected}\n"
    answers = [process.communicate("\n", timeout=30)[0] for process in processes]
    assert answers == ["whole\n", "whole\n"]
    assert [path.name for path in root.iterdir()] == ["key"]


@posix_only
def test_a_process_that_was_killed_while_making_holds_nobody_up(root: Path) -> None:
    program = textwrap.dedent(
        """
        import os, signal, sys
        from pathlib import Path
        from agentrun_provider.building.cache import Cache

        def make(folder):
            (folder / "half.txt").write_text("half")
            os.kill(os.getpid(), signal.SIGKILL)

        Cache(Path(sys.argv[1])).obtain("key", make)
        """
    )
    subprocess.run([sys.executable, "-c", program, str(root)], timeout=30, check=False)
    assert [path.name[:8] for path in root.iterdir()] == [".making-"]
    make = Maker()
    content = Cache(root).obtain("key", make)
    assert [path.name for path in content.rglob("*.txt")] == ["file.txt"]
    Cache(root, lambda: time.time() + 2 * DAY).prune()
    assert [path.name for path in root.iterdir()] == ["key"]


def test_an_entry_that_another_process_published_meanwhile_is_used(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Path.rename

    def late(self: Path, target: Path) -> Path:
        shutil.copytree(self, target)
        return real(self, target)

    monkeypatch.setattr(Path, "rename", late)
    content = Cache(root).obtain("key", Maker())
    assert (content / "inner/file.txt").read_text() == "one"
    assert [path.name for path in root.iterdir()] == ["key"]


def test_what_was_not_used_for_a_month_goes(root: Path) -> None:
    now = 1_000_000_000.0
    cache = Cache(root, lambda: now)
    for key in ("used", "unused"):
        cache.obtain(key, Maker())
        cache.find(key)
    now += 29 * DAY
    assert cache.find("used")
    now += 2 * DAY
    cache.prune()
    assert [path.name for path in root.iterdir()] == ["used"]


def test_of_very_many_entries_the_latest_used_stay(root: Path) -> None:
    now = 1_000_000_000.0
    cache = Cache(root, lambda: now)
    for number in range(25):
        cache.obtain(f"key{number}", Maker())
        cache.find(f"key{number}")
        now += 2 * 3600
    cache.prune()
    left = {path.name for path in root.iterdir()}
    assert left == {f"key{number}" for number in range(5, 25)}


def test_of_very_large_entries_the_latest_used_stay(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1_000_000_000.0
    # Room for two and a half.
    monkeypatch.setattr(cache_module, "_MOST_BYTES", 10)
    cache = Cache(root, lambda: now)
    for key in ("a", "b", "c", "d"):
        cache.obtain(key, Maker("1234"))
        cache.find(key)
        now += 2 * 3600
    assert {path.name for path in root.iterdir()} == {"c", "d"}


def test_the_same_made_anew_is_not_put_in_place_of_what_others_may_be_packing(root: Path) -> None:
    content = Cache(root).obtain("key", Maker())
    before = content.stat().st_ino
    make = Maker()
    assert Cache(root).obtain("key", make, anew=True).stat().st_ino == before
    assert make.calls == 1


@posix_only
def test_a_cache_that_can_only_be_read_serves_as_well(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = Cache(root).obtain("key", Maker())

    def refused(*arguments: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "utime", refused)
    assert Cache(root).find("key") == content


def test_what_another_process_is_making_stays(root: Path) -> None:
    cache = Cache(root)
    (root / ".making-abc").mkdir()
    cache.prune()
    assert (root / ".making-abc").exists()
    Cache(root, lambda: 4e9).prune()
    assert not (root / ".making-abc").exists()


@posix_only
def test_a_cache_that_cannot_be_written_is_told(root: Path) -> None:
    (root / "file").write_text("")
    with pytest.raises(BuildError, match="can't write to the cache") as caught:
        Cache(root / "file/below").obtain("key", Maker())
    assert CACHE_VARIABLE in caught.value.hint


def test_the_folder_is_where_the_user_wants_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert cache_folder({CACHE_VARIABLE: str(tmp_path)}) == tmp_path
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    monkeypatch.setattr(sys, "platform", "linux")
    assert cache_folder({}) == tmp_path / ".cache/pulumi-agentrun"
    assert cache_folder({"XDG_CACHE_HOME": "/x"}) == Path("/x/pulumi-agentrun")
    assert cache_folder({"XDG_CACHE_HOME": "x"}) == tmp_path / ".cache/pulumi-agentrun"
    monkeypatch.setattr(sys, "platform", "darwin")
    assert cache_folder({}) == tmp_path / "Library/Caches/pulumi-agentrun"
    monkeypatch.setattr(sys, "platform", "win32")
    assert cache_folder({"LOCALAPPDATA": "/l"}) == Path("/l/pulumi-agentrun/Cache")


def test_a_user_without_a_home_folder_is_told_what_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", unknown)
    with pytest.raises(BuildError, match="has no home folder") as caught:
        cache_folder({})
    assert CACHE_VARIABLE in caught.value.hint
