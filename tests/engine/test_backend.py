"""The file backend: layout, atomic saves, locks, history, secrets and the stack list."""

from __future__ import annotations

import gzip
import json
import multiprocessing
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from pulumi_local import durable
from pulumi_local.backend import FileBackend, HistoryEntry, parse_backend_url
from pulumi_local.errors import EngineError, LockedError, SecretsError, StateError
from pulumi_local.locking import read_locks
from pulumi_local.state import PendingOperation, Resource, Snapshot
from pulumi_local.values import Secret
from pulumi_local.vault import Vault

PASSPHRASE = {"PULUMI_CONFIG_PASSPHRASE": "p"}


def thing(name: str, **fields: Any) -> Resource:
    return Resource(f"urn:pulumi:dev::demo::demo:index:Thing::{name}", "demo:index:Thing", **fields)


class Salts:
    """A salt holder in memory."""

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}

    def salt(self, project: str, stack: str) -> str:
        return self.kept.get(f"{project}/{stack}", "")

    def store_salt(self, project: str, stack: str, salt: str) -> None:
        self.kept[f"{project}/{stack}"] = salt


@pytest.fixture
def salts() -> Salts:
    return Salts()


@pytest.fixture
def backend(tmp_path: Path, salts: Salts) -> FileBackend:
    return FileBackend(tmp_path, Vault(PASSPHRASE, salts))


def state_path(backend: FileBackend, stack: str = "dev") -> Path:
    return backend.root / ".pulumi" / "stacks" / "demo" / f"{stack}.json"


def read_json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


# --- saving and loading


def test_a_stack_that_was_never_saved_is_none(backend: FileBackend) -> None:
    assert backend.load("demo", "dev") is None
    assert backend.stacks() == []
    assert not (backend.root / ".pulumi").exists(), "looking must not write"


def test_what_is_saved_is_loaded_in_the_layout_of_the_cli(backend: FileBackend) -> None:
    backend.save("demo", "dev", Snapshot([thing("a", id="1", inputs={"x": 1})]))
    assert (backend.root / ".pulumi" / "meta.yaml").read_text() == "version: 1\n"
    data = read_json(state_path(backend))
    assert data["version"] == 3
    assert data["checkpoint"]["stack"] == "organization/demo/dev"
    assert data["checkpoint"]["latest"]["manifest"]["time"].endswith("Z")
    loaded = backend.load("demo", "dev")
    assert loaded is not None
    assert loaded.resources == [thing("a", id="1", inputs={"x": 1})]


def test_the_previous_state_is_kept_beside_the_new_one(backend: FileBackend) -> None:
    for count in (1, 2, 3):
        backend.save("demo", "dev", Snapshot([thing(str(n)) for n in range(count)]))
    backup = read_json(state_path(backend).with_name("dev.json.bak"))
    assert len(backup["checkpoint"]["latest"]["resources"]) == 2
    assert len(read_json(state_path(backend))["checkpoint"]["latest"]["resources"]) == 3


def test_notes_of_the_cli_about_the_old_content_are_dropped(backend: FileBackend) -> None:
    backend.save("demo", "dev", Snapshot())
    notes = state_path(backend).with_name("dev.json.attrs")
    notes.write_text('{"md5": "of the old content"}')
    backend.save("demo", "dev", Snapshot())
    assert not notes.exists()


def test_a_crash_while_writing_leaves_the_old_state(
    backend: FileBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    backend.save("demo", "dev", Snapshot([thing("a")]))
    before = state_path(backend).read_bytes()

    def lose_power(_descriptor: int) -> None:
        raise OSError("power lost")

    monkeypatch.setattr(durable.os, "fsync", lose_power)
    with pytest.raises(OSError, match="power lost"):
        backend.save("demo", "dev", Snapshot([thing("b")]))
    assert state_path(backend).read_bytes() == before
    left = [path.name for path in state_path(backend).parent.iterdir()]
    assert sorted(left) == ["dev.json", "dev.json.bak"], "no half-written file stays"


def test_each_save_reaches_the_disk_before_it_returns(
    backend: FileBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    backend.save("demo", "dev", Snapshot())
    order: list[str] = []
    flush, move = os.fsync, os.replace
    monkeypatch.setattr(durable.os, "fsync", lambda fd: (order.append("flush"), flush(fd))[1])
    monkeypatch.setattr(
        durable.os,
        "replace",
        lambda a, b: (order.append(f"move {Path(b).name}"), move(a, b))[1],
    )
    backend.save("demo", "dev", Snapshot())
    assert order == ["move dev.json.bak", "flush", "move dev.json", "flush"]


def test_without_hard_links_the_copy_is_a_real_one(
    backend: FileBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_arguments: object) -> None:
        raise OSError("not supported")

    monkeypatch.setattr(durable.os, "link", refuse)
    backend.save("demo", "dev", Snapshot([thing("a")]))
    backend.save("demo", "dev", Snapshot())
    assert "a" in state_path(backend).with_name("dev.json.bak").read_text()


def test_a_compressed_state_is_read_and_then_replaced(backend: FileBackend) -> None:
    backend.save("demo", "dev", Snapshot([thing("a")]))
    path = state_path(backend)
    packed = path.with_name("dev.json.gz")
    packed.write_bytes(gzip.compress(path.read_bytes()))
    path.unlink()
    loaded = backend.load("demo", "dev")
    assert loaded is not None
    assert [stack.name for stack in backend.stacks()] == ["dev"]
    backend.save("demo", "dev", loaded)
    assert path.exists()
    assert not packed.exists()


def test_a_broken_state_file_is_refused_with_the_way_back(backend: FileBackend) -> None:
    backend.save("demo", "dev", Snapshot())
    state_path(backend).write_text('{"version": 3, "chec')
    with pytest.raises(StateError, match=r"dev\.json is not valid JSON.*dev\.json\.bak"):
        backend.load("demo", "dev")


def test_a_state_that_contradicts_itself_is_not_used(backend: FileBackend) -> None:
    backend.save("demo", "dev", Snapshot([thing("a", parent="urn:pulumi:dev::demo::t::gone")]))
    assert backend.load("demo", "dev") is not None
    with pytest.raises(StateError, match="damaged"):
        backend.load_checked("demo", "dev")


@pytest.mark.parametrize("text", ["version: 0\n", "version: 2\n"])
def test_another_layout_is_refused(backend: FileBackend, text: str) -> None:
    (backend.root / ".pulumi").mkdir()
    (backend.root / ".pulumi" / "meta.yaml").write_text(text)
    with pytest.raises(StateError, match="layout"):
        backend.save("demo", "dev", Snapshot())


def test_the_old_layout_without_projects_is_refused(backend: FileBackend) -> None:
    folder = backend.root / ".pulumi" / "stacks"
    folder.mkdir(parents=True)
    (folder / "dev.json").write_text("{}")
    with pytest.raises(StateError, match="without projects"):
        backend.save("demo", "dev", Snapshot())


def test_a_removed_stack_is_gone_but_backed_up(backend: FileBackend) -> None:
    backend.save("demo", "dev", Snapshot())
    backend.remove("demo", "dev")
    assert backend.load("demo", "dev") is None
    assert state_path(backend).with_name("dev.json.bak").exists()


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("file:///srv/states", "/srv/states"),
        ("file:///a%20b", "/a b"),
        ("file://./here", "/base/here"),
        ("file://here", "/base/here"),
    ],
)
def test_backend_addresses_are_read_as_by_the_cli(url: str, expected: str) -> None:
    assert parse_backend_url(url, Path("/base")) == Path(expected)


def test_the_home_folder_is_a_backend_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/me")
    assert parse_backend_url("file://~", Path("/base")) == Path("/home/me")


def test_other_backends_are_refused() -> None:
    with pytest.raises(EngineError, match="s3://bucket"):
        parse_backend_url("s3://bucket")


# --- secrets


def test_secrets_are_encrypted_at_rest_and_plain_in_memory(
    backend: FileBackend, salts: Salts
) -> None:
    backend.save("demo", "dev", Snapshot([thing("a", inputs={"pw": Secret("hunter2")})]))
    assert "hunter2" not in state_path(backend).read_text()
    assert salts.kept["demo/dev"].startswith("v1:"), "the first secret makes a salt"
    assert backend.stored_salt("demo", "dev") == salts.kept["demo/dev"]
    loaded = backend.load("demo", "dev")
    assert loaded is not None
    assert loaded.resources[0].inputs == {"pw": Secret("hunter2")}


def test_a_secret_of_an_operation_under_way_is_encrypted_too(backend: FileBackend) -> None:
    pending = PendingOperation(thing("a", inputs={"pw": Secret("hunter2")}), "creating")
    backend.save("demo", "dev", Snapshot(pending_operations=[pending]))
    assert "hunter2" not in state_path(backend).read_text()
    loaded = backend.load("demo", "dev")
    assert loaded is not None
    assert loaded.pending_operations == [pending]


def test_without_secrets_neither_salt_nor_passphrase_is_needed(
    tmp_path: Path, salts: Salts
) -> None:
    backend = FileBackend(tmp_path, Vault({}, salts))
    backend.save("demo", "dev", Snapshot([thing("a")]))
    assert salts.kept == {}
    assert "secrets_providers" not in read_json(state_path(backend))["checkpoint"]["latest"]
    assert backend.load("demo", "dev") is not None


def test_a_state_with_secrets_can_be_read_without_its_stack_file(backend: FileBackend) -> None:
    backend.save("demo", "dev", Snapshot([thing("a", outputs={"pw": Secret("x")})]))
    other = FileBackend(backend.root, Vault(PASSPHRASE))
    loaded = other.load("demo", "dev")
    assert loaded is not None
    assert loaded.resources[0].outputs == {"pw": Secret("x")}
    other.save("demo", "dev", loaded)
    assert other.stored_salt("demo", "dev"), "the salt of the state is kept"


def test_a_wrong_passphrase_shows_when_a_secret_is_met(backend: FileBackend) -> None:
    backend.save("demo", "dev", Snapshot([thing("a", outputs={"pw": Secret("x")})]))
    wrong = FileBackend(backend.root, Vault({"PULUMI_CONFIG_PASSPHRASE": "other"}))
    with pytest.raises(SecretsError, match="incorrect passphrase"):
        wrong.load("demo", "dev")


# --- locks


def lock_folder(backend: FileBackend) -> Path:
    return backend.root / ".pulumi" / "locks" / "organization" / "demo" / "dev"


def write_lock(backend: FileBackend, pid: int, hostname: str) -> Path:
    lock_folder(backend).mkdir(parents=True)
    path = lock_folder(backend) / "other.json"
    content = {"pid": pid, "username": "ann", "hostname": hostname, "timestamp": "2026-01-02T03:04"}
    path.write_text(json.dumps(content))
    return path


def test_a_second_run_is_refused_and_told_who_holds_the_lock(backend: FileBackend) -> None:
    with backend.lock("demo", "dev"):
        with pytest.raises(LockedError) as caught, backend.lock("demo", "dev"):
            pytest.fail("the lock was given twice")
        assert f"pid {os.getpid()}" in str(caught.value)
        assert socket.gethostname() in str(caught.value)
    with backend.lock("demo", "dev"):
        pass


def test_a_failure_inside_releases_the_lock(backend: FileBackend) -> None:
    with pytest.raises(RuntimeError), backend.lock("demo", "dev"):
        raise RuntimeError
    assert read_locks(lock_folder(backend)) == []


def test_other_stacks_are_not_locked(backend: FileBackend) -> None:
    with backend.lock("demo", "dev"), backend.lock("demo", "prod"):
        pass


def test_the_lock_of_a_dead_process_is_taken_over_with_a_warning(backend: FileBackend) -> None:
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    path = write_lock(backend, dead.pid, socket.gethostname())
    warnings: list[str] = []
    with backend.lock("demo", "dev", warnings.append):
        assert not path.exists()
    assert len(warnings) == 1
    assert "ann" in warnings[0]


def test_the_lock_of_another_machine_is_respected(backend: FileBackend) -> None:
    write_lock(backend, 999_999_999, "another-machine")
    with pytest.raises(LockedError, match="ann@another-machine"), backend.lock("demo", "dev"):
        pytest.fail("the lock was taken")


def test_a_lock_that_cannot_be_read_is_respected(backend: FileBackend) -> None:
    write_lock(backend, 1, "h").write_text("")
    with pytest.raises(LockedError), backend.lock("demo", "dev"):
        pytest.fail("the lock was taken")


def _try_lock(root: str, barrier: Any, results: Any) -> None:
    barrier.wait()
    try:
        with FileBackend(Path(root)).lock("demo", "dev"):
            results.put("held")
            barrier.wait()
    except LockedError:
        results.put("refused")
        barrier.wait()


def test_of_runs_that_start_together_never_two_go_on(backend: FileBackend) -> None:
    context = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
    barrier, results = context.Barrier(4), context.Queue()
    runs = [
        context.Process(target=_try_lock, args=(str(backend.root), barrier, results))
        for _ in range(4)
    ]
    for run in runs:
        run.start()
    outcomes = [results.get(timeout=30) for _ in runs]
    for run in runs:
        run.join(30)
    assert outcomes.count("held") <= 1
    assert len(outcomes) == 4


# --- history and listing


def test_a_finished_run_is_remembered_with_its_state(backend: FileBackend) -> None:
    backend.save("demo", "dev", Snapshot([thing("a")]))
    entry = HistoryEntry("update", 100, 103, True, {"create": 1, "same": 0}, {"demo:a": "b"}, "hi")
    backend.record_history("demo", "dev", entry)
    (remembered,) = backend.history("demo", "dev")
    assert remembered == {
        "kind": "update",
        "startTime": 100,
        "message": "hi",
        "environment": {},
        "config": {"demo:a": "b"},
        "version": 0,
        "result": "succeeded",
        "endTime": 103,
        "resourceChanges": {"create": 1},
    }
    saved = state_path(backend).read_bytes()
    pulumi = backend.root / ".pulumi"
    (checkpoint,) = (pulumi / "history" / "demo" / "dev").glob("dev-*.checkpoint.json")
    (backup,) = (pulumi / "backups" / "demo" / "dev").glob("dev.*.json")
    backend.save("demo", "dev", Snapshot())
    assert checkpoint.read_bytes() == backup.read_bytes() == saved


def test_the_newest_run_comes_first(backend: FileBackend) -> None:
    backend.save("demo", "dev", Snapshot())
    for kind in ("update", "destroy"):
        backend.record_history("demo", "dev", HistoryEntry(kind, 0, 0, False))
    assert [run["kind"] for run in backend.history("demo", "dev")] == ["destroy", "update"]


def test_stacks_are_listed_with_what_they_hold(backend: FileBackend) -> None:
    backend.save("demo", "dev", Snapshot([thing("a"), thing("b")]))
    backend.save("demo", "empty", Snapshot())
    backend.save("other", "dev", Snapshot())
    with backend.lock("demo", "dev"):
        listed = [(s.project, s.name, s.resource_count, s.locked) for s in backend.stacks()]
    assert listed == [
        ("demo", "dev", 2, True),
        ("demo", "empty", 0, False),
        ("other", "dev", 0, False),
    ]
    assert [s.name for s in backend.stacks("other")] == ["dev"]
