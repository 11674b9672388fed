"""Build commands: run in the code folder before it is packed, and only when something changed."""

from __future__ import annotations

import os
import select
import shlex
import shutil
import signal
import sys
import threading
from pathlib import Path

import pytest
from agentrun_provider.building import ending
from agentrun_provider.building.failures import BuildError
from agentrun_provider.building.inputs import input_files
from agentrun_provider.building.running import run
from agentrun_provider.building.source import Source
from agentrun_provider.errors import PackagingError

from ..unit.code_folders import posix_only, put
from .conftest import Workshop
from .wheels import make_wheel

pytestmark = posix_only

COMPILE = "mkdir -p dist && tr a-z A-Z < main.txt > dist/main.txt"


@pytest.fixture
def web(workshop: Workshop) -> Workshop:
    """A project whose build makes `dist/`, which git ignores."""
    workshop.put("main.txt", "hello")
    workshop.put(".gitignore", "dist/\n")
    return workshop


def node(web: Workshop, *build: str) -> Source:
    return Source(web.code, "nodejs20", ["node", "dist/main.js"], None, build or (COMPILE,))


def test_what_the_command_makes_is_packed(web: Workshop) -> None:
    data = node(web).package(web.told.append)
    assert web.text(data, "dist/main.txt") == "HELLO"
    assert web.told == [f"running {COMPILE}"]


def test_a_preview_runs_nothing(web: Workshop) -> None:
    assert node(web).fingerprint()
    assert not (web.code / "dist").exists()


def test_what_the_command_has_made_is_no_change(web: Workshop) -> None:
    before = node(web).fingerprint()
    node(web).package()
    assert node(web).fingerprint() == before


def test_the_files_it_starts_from_and_the_command_itself_are(web: Workshop) -> None:
    seen = {node(web).fingerprint(), node(web, "true").fingerprint()}
    web.put("main.txt", "other")
    seen.add(node(web).fingerprint())
    web.put(".arignore", "main.txt\n")
    seen.add(node(web).fingerprint())
    assert len(seen) == 4


def test_sources_that_are_not_packed_are_there_for_the_build_and_count(web: Workshop) -> None:
    web.put(".arignore", "/main.txt\n")
    before = node(web).fingerprint()
    names = web.names(node(web).package())
    assert "main.txt" not in names
    assert "dist/main.txt" in names
    web.put("main.txt", "other")
    assert node(web).fingerprint() != before


def test_a_list_is_a_program_with_its_arguments(web: Workshop) -> None:
    text = "import sys; open('made.txt', 'w').write(sys.argv[1])"
    data = node(web, sys.executable, "-c", text, "$HOME && exit 1").package()
    assert web.text(data, "made.txt") == "$HOME && exit 1"


def test_its_output_is_told_as_it_runs(web: Workshop) -> None:
    node(web, "echo one; echo two >&2").package(web.told.append)
    assert web.told == ["running echo one; echo two >&2", "one", "two"]


def test_a_command_that_fails_stops_the_deployment_with_its_last_words(web: Workshop) -> None:
    with pytest.raises(BuildError, match="exit code 3 .*: no such module / see the log$") as caught:
        node(web, "echo no such module; echo; echo see the log; exit 3").package()
    assert caught.value.field == "build"


def test_a_command_runs_for_a_user_without_a_home_folder(
    web: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unknown() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", unknown)
    monkeypatch.delenv("AGENTRUN_CACHE_DIR")
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(web.root))
    assert "dist/main.txt" in web.names(node(web).package())


def test_no_password_of_an_address_is_told(web: Workshop) -> None:
    with pytest.raises(BuildError) as caught:
        node(web, "echo get https://me:hidden@host/x?Signature=hidden; exit 1").package(
            web.told.append
        )
    assert web.told[-1] == "get https://host/x?..."
    assert "hidden" not in " ".join([*web.told, caught.value.one_line()])


def test_colours_and_bars_of_its_output_are_left_out(web: Workshop) -> None:
    written = r"printf '\033[31mERR!\033[0m\tbad\r\n10%%\r100%%\r\n\033]0;title\007one\002\n'"
    with pytest.raises(BuildError, match="in .*: ERR!\tbad / 100% / one$"):
        node(web, f"{written}; exit 1").package(web.told.append)
    assert web.told[1:] == ["ERR!\tbad", "100%", "one"]


def test_the_last_words_are_told_however_long_the_lines_before_are(web: Workshop) -> None:
    lines = "; ".join(f"printf '%04000d\\n' {number}" for number in range(3))
    with pytest.raises(BuildError) as caught:
        node(web, f"{lines}; echo the reason; exit 1").package()
    assert caught.value.one_line().endswith(" / the reason")


@pytest.mark.parametrize(
    ("command", "message", "hint"),
    [
        ("no-such-program-here", "ended with exit code 127", "install the program"),
        ("kill -9 $$", "was ended by SIGKILL in .*: it wrote nothing", "memory"),
        ("exit 1", "ended with exit code 1", ""),
    ],
)
def test_what_to_do_about_a_failed_command_is_told(
    web: Workshop, command: str, message: str, hint: str
) -> None:
    with pytest.raises(BuildError, match=message) as caught:
        node(web, command).package()
    assert hint in caught.value.hint
    assert bool(hint) == bool(caught.value.hint)


def test_a_program_that_is_not_there_is_told(web: Workshop) -> None:
    with pytest.raises(BuildError, match="can't start 'no-such-program-here x'"):
        node(web, "no-such-program-here", "x").package()


def test_a_build_that_changes_what_it_starts_from_is_warned_of(web: Workshop) -> None:
    node(web, "echo more >> main.txt").package(web.told.append)
    assert ".gitignore" in web.told[-1]


def test_a_build_of_a_file_is_refused(web: Workshop) -> None:
    with pytest.raises(BuildError, match="is no folder, and build needs one"):
        Source(web.code / "main.txt", "nodejs20", (), None, ("true",)).fingerprint()


def test_python_code_can_have_both(web: Workshop) -> None:
    make_wheel(web.wheels, "demo")
    web.put("requirements.txt", "demo\n")
    data = web.package(build=(COMPILE,))
    assert {"dist/main.txt", "python/demo.py"} <= set(web.names(data))


def test_a_build_that_fills_the_folder_of_the_requirements_is_refused(web: Workshop) -> None:
    make_wheel(web.wheels, "demo")
    web.put("requirements.txt", "demo\n")
    with pytest.raises(BuildError, match=r"python/mine\.py"):
        web.package(build=("mkdir python && touch python/mine.py",))


def test_two_resources_of_one_folder_do_not_build_in_it_at_the_same_time(web: Workshop) -> None:
    # The second of two at a time would find the folder that marks the first.
    command = "mkdir busy && sleep 0.05 && rmdir busy"
    failures: list[Exception] = []

    def build() -> None:
        try:
            node(web, command).package()
        except BuildError as error:
            failures.append(error)

    threads = [threading.Thread(target=build) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert failures == []


@pytest.mark.parametrize(
    "text",
    [
        "threading.Event().wait()",
        "os.close(1); os.close(2); threading.Event().wait()",
        "[print('again', flush=True) for _ in iter(int, 1)]",
    ],
    ids=["silent", "closed", "noisy"],
)
def test_a_command_that_does_not_end_is_ended(tmp_path: Path, text: str) -> None:
    command = [sys.executable, "-c", f"import os, threading; {text}"]
    with pytest.raises(BuildError, match=r"was not done after 1 s"):
        run(command, tmp_path, {}, lambda line: None, field="build", seconds=0.6)


@pytest.mark.parametrize("listing", ["/proc", "ps"])
def test_what_a_shell_has_started_ends_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, listing: str
) -> None:
    if listing == "ps":
        if shutil.which("ps") is None:
            pytest.skip("there is no ps")
        monkeypatch.setattr(ending, "Path", lambda text: tmp_path / "none")
    # Whoever opens the other end of the pipe for reading comes to its end when the last writer is
    # gone, so no process is looked for by its number.
    os.mkfifo(tmp_path / "alive")
    text = "exec 3<>alive; (sleep 600; true) & echo up; wait"

    def interrupt(line: str) -> None:
        reader.append(os.open(tmp_path / "alive", os.O_RDONLY | os.O_NONBLOCK))
        raise KeyboardInterrupt

    reader: list[int] = []
    with pytest.raises(KeyboardInterrupt):
        run(text, tmp_path, {"PATH": os.environ["PATH"]}, interrupt, field="build")
    os.set_blocking(reader[0], True)
    assert select.select(reader, [], [], 30)[0] == reader
    assert os.read(reader[0], 1) == b""
    os.close(reader[0])


def test_nothing_of_a_program_is_left_if_reading_it_is_interrupted(tmp_path: Path) -> None:
    mark = tmp_path / "pid"
    text = f"import os, threading; open({str(mark)!r}, 'w').write(str(os.getpid())); "
    text += "print('up', flush=True); threading.Event().wait()"

    def interrupt(line: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run([sys.executable, "-c", text], tmp_path, {}, interrupt, field="build")
    state = Path(f"/proc/{mark.read_text()}")
    assert not state.exists()


def names(root: Path) -> list[str]:
    return [file.name for file in input_files(root)]


def test_git_decides_at_every_level_what_is_made_and_what_it_is_made_from(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    put(tmp_path, ".gitignore", "*.log\n/agent/out/\n")
    agent = tmp_path / "agent"
    put(agent, "web/.gitignore", "dist\n!keep.log\n")
    for name in (
        "a.log",
        "main.ts",
        "out/main.js",
        "web/dist/main.js",
        "web/keep.log",
        "web/main.ts",
        "web/out/main.ts",
        "node_modules/lib/index.js",
    ):
        put(agent, name)
    assert names(agent) == [
        "main.ts",
        "web/.gitignore",
        "web/keep.log",
        "web/main.ts",
        "web/out/main.ts",
    ]


def test_rules_above_the_repository_do_not_count(tmp_path: Path) -> None:
    put(tmp_path, ".gitignore", "*\n")
    repository = tmp_path / "repository"
    (repository / ".git").mkdir(parents=True)
    put(repository, "code/main.ts")
    assert names(repository / "code") == ["main.ts"]


def test_rules_that_are_no_text_are_told(tmp_path: Path) -> None:
    put(tmp_path, "main.ts")
    (tmp_path / ".gitignore").write_bytes(b"\xff\xfe")
    with pytest.raises(PackagingError, match=r"can't read .*\.gitignore"):
        names(tmp_path)


def test_secrets_of_a_developer_never_count(tmp_path: Path) -> None:
    put(tmp_path, ".env")
    put(tmp_path, "main.ts")
    assert names(tmp_path) == ["main.ts"]


def test_the_command_of_a_shell_is_told_as_it_was_written(web: Workshop) -> None:
    command = f"echo {shlex.quote('a  b')}"
    node(web, command).package(web.told.append)
    assert web.told == [f"running {command}", "a  b"]


def test_what_a_command_leaves_running_is_not_waited_for(web: Workshop) -> None:
    left = web.root / "pid"
    command = f"sleep 60 & echo $! > {shlex.quote(str(left))}; touch made.txt"
    try:
        assert "made.txt" in web.names(node(web, command).package())
    finally:
        os.kill(int(left.read_text()), signal.SIGKILL)


def test_a_command_does_not_see_the_keys_of_the_deployment(
    web: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = (
        "AGENTRUN_ACCESS_KEY_SECRET",
        "AGENTRUN_SECURITY_TOKEN",
        "ALIBABA_CLOUD_ACCESS_KEY_ID",
        "ALIBABA_CLOUD_ACCESS_KEY_SECRET",
        "ALICLOUD_SECRET_KEY",
        "PULUMI_ACCESS_TOKEN",
        "PULUMI_CONFIG_PASSPHRASE",
    )
    for name in (*keys, "AGENTRUN_REGION", "NPM_TOKEN"):
        monkeypatch.setenv(name, f"value of {name}")
    seen = web.text(node(web, "env > made.txt").package(), "made.txt")
    assert "AGENTRUN_REGION=" in seen
    assert "NPM_TOKEN=" in seen
    assert [name for name in keys if f"value of {name}" in seen] == []
