"""Folders kept by key: whole or not at all, whoever makes them, and not for ever."""

from __future__ import annotations

import shutil
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import pytest
from agentrun_provider.building.cache import CACHE_VARIABLE, Cache, cache_folder
from agentrun_provider.building.failures import BuildError

from ..unit.code_folders import posix_only

DAY = 86400.0


class Maker:
    """Fills folders, and counts how often."""

    def __init__(self, text: str = "one") -> None:
        self.text = text
        self.calls = 0

    def __call__(self, folder: Path) -> None:
        self.calls += 1
        (folder / "inner").mkdir()
        (folder / "inner/file.txt").write_text(self.text)


def test_what_was_made_once_is_found_again(tmp_path: Path) -> None:
    make = Maker()
    first = Cache(tmp_path).obtain("key", make)
    assert (first / "inner/file.txt").read_text() == "one"
    assert Cache(tmp_path).obtain("key", make) == first
    assert Cache(tmp_path).find("key") == first
    assert Cache(tmp_path).find("other") is None
    assert make.calls == 1


def test_it_is_made_anew_when_asked_for(tmp_path: Path) -> None:
    Cache(tmp_path).obtain("key", Maker("one"))
    content = Cache(tmp_path).obtain("key", Maker("two"), anew=True)
    assert (content / "inner/file.txt").read_text() == "two"
    assert [path.name for path in tmp_path.iterdir()] == ["key"]


def test_nothing_is_left_of_what_could_not_be_made(tmp_path: Path) -> None:
    def fail(folder: Path) -> None:
        (folder / "half").write_text("x")
        raise BuildError("no")

    with pytest.raises(BuildError, match="no"):
        Cache(tmp_path).obtain("key", fail)
    assert list(tmp_path.iterdir()) == []


def test_an_interrupt_while_making_leaves_nothing(tmp_path: Path) -> None:
    def interrupted(folder: Path) -> None:
        (folder / "half").write_text("x")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Cache(tmp_path).obtain("key", interrupted)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("harm", ["lost", "cut", "added", "unlisted"])
def test_an_entry_that_was_tampered_with_is_made_again(tmp_path: Path, harm: str) -> None:
    make = Maker()
    content = Cache(tmp_path).obtain("key", make)
    file = content / "inner/file.txt"
    if harm == "lost":
        file.unlink()
    elif harm == "cut":
        file.write_text("")
    elif harm == "added":
        (content / "more.txt").write_text("x")
    else:
        (content.parent / "files.json").write_text("{")
    assert Cache(tmp_path).find("key") is None
    again = Cache(tmp_path).obtain("key", make)
    assert [path.name for path in again.rglob("*.txt")] == ["file.txt"]
    assert (again / "inner/file.txt").read_text() == "one"
    assert make.calls == 2


def test_threads_that_want_the_same_wait_for_the_one_that_makes_it(tmp_path: Path) -> None:
    make, started, going = Maker(), threading.Event(), threading.Event()

    def slowly(folder: Path) -> None:
        started.set()
        assert going.wait(10)
        make(folder)

    found: list[Path] = []
    threads = [
        threading.Thread(target=lambda: found.append(Cache(tmp_path).obtain("key", slowly)))
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


def test_two_processes_that_make_the_same_at_once_end_with_one_whole_entry(tmp_path: Path) -> None:
    program = textwrap.dedent(
        """
        import sys
        from pathlib import Path
        from agentrun_provider.building.cache import Cache

        def make(folder):
            for number in range(50):
                (folder / f"{number}.txt").write_text(sys.argv[2])
            sys.stdout.write("ready\\n")
            sys.stdout.flush()
            sys.stdin.readline()

        content = Cache(Path(sys.argv[1])).obtain("key", make)
        texts = {path.read_text() for path in content.iterdir()}
        sys.stdout.write(f"{len(list(content.iterdir()))} {texts}\\n")
        """
    )
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", program, str(tmp_path), name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for name in ("one", "two")
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n", "both are making it at the same time"
    answers = [process.communicate("\n", timeout=30)[0] for process in processes]
    assert [process.returncode for process in processes] == [0, 0]
    assert answers[0] == answers[1], "the second uses what the first has made"
    assert answers[0].startswith("50 {")
    assert [path.name for path in tmp_path.iterdir()] == ["key"]


def test_an_entry_that_another_process_published_meanwhile_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Path.rename

    def late(self: Path, target: Path) -> Path:
        shutil.copytree(self, target)
        return real(self, target)

    monkeypatch.setattr(Path, "rename", late)
    content = Cache(tmp_path).obtain("key", Maker())
    assert (content / "inner/file.txt").read_text() == "one"
    assert [path.name for path in tmp_path.iterdir()] == ["key"]


def test_what_was_not_used_for_a_month_goes(tmp_path: Path) -> None:
    now = 1_000_000_000.0
    cache = Cache(tmp_path, lambda: now)
    for key in ("used", "unused"):
        cache.obtain(key, Maker())
        cache.find(key)
    now += 29 * DAY
    assert cache.find("used")
    now += 2 * DAY
    cache.prune()
    assert [path.name for path in tmp_path.iterdir()] == ["used"]


def test_of_very_many_entries_the_latest_used_stay(tmp_path: Path) -> None:
    now = 1_000_000_000.0
    cache = Cache(tmp_path, lambda: now)
    for number in range(25):
        cache.obtain(f"key{number}", Maker())
        cache.find(f"key{number}")
        now += 2 * 3600
    cache.prune()
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {f"key{number}" for number in range(5, 25)}


def test_what_another_process_is_making_stays(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    (tmp_path / ".making-abc").mkdir()
    cache.prune()
    assert (tmp_path / ".making-abc").exists()
    Cache(tmp_path, lambda: 4e9).prune()
    assert not (tmp_path / ".making-abc").exists()


@posix_only
def test_a_cache_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(BuildError, match="can't write to the cache") as caught:
        Cache(tmp_path / "file/below").obtain("key", Maker())
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
