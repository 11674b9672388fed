"""Plugin processes: found, started, configured, spoken to and ended."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest
from pulumi_local.errors import EngineError
from pulumi_local.plugin_provider import PluginProvider
from pulumi_local.plugins import PluginHost, interpreter
from pulumi_local.processes import ChildProcess
from pulumi_local.project import Project
from pulumi_local.provider_api import (
    CheckResult,
    DetailedChange,
    Failure,
    InitFailed,
    ProviderError,
    ProviderGone,
)
from pulumi_local.values import UNKNOWN, Secret

URN = "urn:pulumi:s::p::full:index:Thing::thing"
PROVIDER_URN = "urn:pulumi:s::p::pulumi:providers:full::default"

PLUGIN = """
import sys
from concurrent import futures

import grpc
from google.protobuf import any_pb2, empty_pb2, struct_pb2
from google.rpc import status_pb2
from pulumi.runtime.proto import provider_pb2 as pb, provider_pb2_grpc


class Servicer(provider_pb2_grpc.ResourceProviderServicer):
    def Configure(self, request, context):
        self.config = dict(request.variables)
        return pb.ConfigureResponse(acceptSecrets=True, supportsPreview=True, acceptResources=True)

    def Check(self, request, context):
        if "bad" in request.news.fields:
            failure = pb.CheckFailure(property="bad", reason="not wanted")
            return pb.CheckResponse(inputs=request.news, failures=[failure])
        request.news.fields["had_olds"].bool_value = request.HasField("olds")
        return pb.CheckResponse(inputs=request.news)

    def Diff(self, request, context):
        return pb.DiffResponse(
            changes=pb.DiffResponse.DIFF_SOME,
            replaces=["name"],
            diffs=["name"],
            hasDetailedDiff=True,
            detailedDiff={
                "name": pb.PropertyDiff(kind=pb.PropertyDiff.UPDATE_REPLACE, inputDiff=True)
            },
            deleteBeforeReplace=True,
        )

    def Create(self, request, context):
        print("creating", request.name, flush=True)
        if "die" in request.properties.fields:
            import os
            os._exit(3)
        if "half" in request.properties.fields:
            detail = any_pb2.Any()
            detail.Pack(
                pb.ErrorResourceInitFailed(
                    id="half-1", properties=request.properties, reasons=["not ready"]
                )
            )
            status = status_pb2.Status(code=2, message="failed", details=[detail])
            context.set_trailing_metadata(
                (("grpc-status-details-bin", status.SerializeToString()),)
            )
            context.abort(grpc.StatusCode.UNKNOWN, "failed")
        request.properties.fields["config"].string_value = str(sorted(self.config.items()))
        request.properties.fields["previewed"].bool_value = request.preview
        made = "" if request.preview else "id-1"
        return pb.CreateResponse(id=made, properties=request.properties)

    def Read(self, request, context):
        return pb.ReadResponse()

    def Invoke(self, request, context):
        context.abort(grpc.StatusCode.UNKNOWN, "Exception calling application: no such function")


server = grpc.server(futures.ThreadPoolExecutor(4))
provider_pb2_grpc.add_ResourceProviderServicer_to_server(Servicer(), server)
port = server.add_insecure_port("127.0.0.1:0")
server.start()
print(port, flush=True)
print("engine at", sys.argv[1], file=sys.stderr, flush=True)
server.wait_for_termination()
"""


def install(folder: Path, package: str, text: str) -> None:
    program = folder / f"pulumi-resource-{package}"
    program.write_text(f"#!{sys.executable}\n{text}")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("plugins")
    install(folder, "full", PLUGIN)
    install(folder, "silent", "raise SystemExit(3)")
    # The output is closed first, and the exit code known only later, as with any slow exit.
    install(folder, "slow", "import os, time\nos.close(1)\ntime.sleep(0.3)\nos._exit(3)")
    install(folder, "closed", "import os, time\nos.close(1)\ntime.sleep(60)")
    install(folder, "chatty", "print('hello', flush=True)\nimport time\ntime.sleep(60)")
    return folder


@pytest.fixture(scope="module")
def lines():
    return []


@pytest.fixture(scope="module")
def host(installed, lines, tmp_path_factory):
    project = Project(root=tmp_path_factory.mktemp("project"), name="p")
    environ = {**os.environ, "PATH": f"{installed}:{os.environ['PATH']}"}
    host = PluginHost(project, lambda: "127.0.0.1:1", lambda *line: lines.append(line), environ)
    yield host
    host.close()


@pytest.fixture
def provider(host):
    provider = PluginProvider(host.get("full").stub)
    provider.configure(PROVIDER_URN, "id", {"region": "x", "version": "1.0.0"})
    return provider


def wait_until(condition, seconds=10.0):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.01)  # polling for what another process does


def is_running(pid: int) -> bool:
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False
    return text.rsplit(")", 1)[1].split()[0] != "Z"


def test_a_plugin_is_started_once_and_told_where_the_engine_is(host, lines):
    assert host.get("full") is host.get("full")
    wait_until(lambda: ("stderr", "engine at 127.0.0.1:1") in lines)


def test_each_provider_resource_has_a_process_of_its_own(host):
    assert host.get("full", instance="other").process.pid != host.get("full").process.pid


def test_a_missing_plugin_names_the_program_and_the_way_out(host):
    with pytest.raises(EngineError, match="pulumi-resource-none is not on PATH.*--simulate none"):
        host.get("none")


@pytest.mark.parametrize(
    ("package", "reason"),
    [
        ("silent", "it ended with exit code 3"),
        ("slow", "it ended with exit code 3"),
        ("closed", "it wrote no port, and goes on"),
        ("chatty", "it wrote 'hello' instead of its port"),
    ],
)
def test_a_plugin_that_does_not_start_says_how(host, package, reason):
    with pytest.raises(EngineError, match=reason):
        host.get(package)


def test_configuration_reaches_a_plugin_without_the_engines_own_keys(provider):
    made = provider.create(URN, {}, timeout_seconds=0, preview=False)
    assert made.outputs["config"] == "[('full:config:region', 'x')]"


def test_secrets_and_references_reach_a_plugin_that_takes_them(provider):
    made = provider.create(URN, {"key": Secret("k")}, timeout_seconds=0, preview=False)
    assert made.id == "id-1"
    assert made.outputs["key"] == Secret("k")


def test_a_plugin_with_previews_is_asked_in_a_preview_too(provider):
    made = provider.create(URN, {"x": UNKNOWN}, timeout_seconds=0, preview=True)
    assert (made.id, made.outputs["previewed"], made.outputs["x"]) == ("", True, UNKNOWN)


def test_refused_inputs_and_missing_old_inputs_are_told_apart(provider):
    assert provider.check(URN, None, {"bad": 1}, preview=True).failures == [
        Failure("bad", "not wanted")
    ]
    assert provider.check(URN, None, {}, preview=True) == CheckResult({"had_olds": False}, [])
    assert provider.check(URN, {}, {}, preview=True).inputs == {"had_olds": True}


def test_a_detailed_difference_is_read_whole(provider):
    result = provider.diff(URN, "id", {"name": "a"}, {}, {"name": "b"})
    assert result.changes
    assert result.delete_before_replace
    assert result.detailed == {"name": DetailedChange("update-replace", in_inputs=True)}
    assert result.replacement


def test_a_half_made_resource_comes_with_its_id_and_reasons(provider):
    with pytest.raises(InitFailed) as caught:
        provider.create(URN, {"half": 1}, timeout_seconds=0, preview=False)
    assert (caught.value.id, caught.value.reasons) == ("half-1", ["not ready"])
    assert caught.value.outputs == {"half": 1}


def test_a_resource_that_is_gone_is_read_as_without_id(provider):
    assert provider.read(URN, "id", {}, {}).id == ""


def test_an_error_is_told_without_the_words_of_the_protocol(provider):
    with pytest.raises(ProviderError, match="^no such function$"):
        provider.invoke("full:index:f", {}, preview=False)


def test_before_its_configuration_is_known_a_plugin_only_previews(host):
    provider = PluginProvider(host.get("full").stub)
    provider.configure(PROVIDER_URN, "id", {"region": UNKNOWN})
    assert provider.check(URN, None, {"a": 1}, preview=True).inputs == {"a": 1}
    assert provider.create(URN, {"a": 1}, timeout_seconds=0, preview=True).outputs == {}
    assert provider.diff(URN, "id", {}, {}, {}).changes is None
    with pytest.raises(ProviderError, match="configuration is not known"):
        provider.read(URN, "id", {}, {})


def test_a_plugin_that_dies_in_a_call_is_told_and_started_anew(host):
    provider = PluginProvider(host.get("full", instance="dying").stub)
    provider.configure(PROVIDER_URN, "id", {})
    with pytest.raises(ProviderGone):
        provider.create(URN, {"die": 1}, timeout_seconds=0, preview=False)
    dead = host.get("full", instance="other")
    wait_until(lambda: host._plugins["full", "", "dying"].result().process.exit_code is not None)
    assert host.get("full", instance="dying").process.pid != dead.process.pid


def test_closing_ends_every_plugin(installed, tmp_path):
    environ = {**os.environ, "PATH": f"{installed}:{os.environ['PATH']}"}
    host = PluginHost(Project(root=tmp_path, name="p"), lambda: "x", lambda *line: None, environ)
    pid = host.get("full").process.pid
    host.close()
    host.close()
    assert not is_running(pid)
    with pytest.raises(EngineError, match="shutting down"):
        host.get("full")


def test_a_plugin_of_the_project_comes_before_one_on_the_path(installed, tmp_path):
    mine = tmp_path / "mine"
    mine.mkdir()
    install(mine, "full", "print('mine', flush=True)")
    project = Project(root=tmp_path, name="p", plugin_paths={"full": mine})
    host = PluginHost(project, lambda: "x", lambda *line: None, dict(os.environ))
    with pytest.raises(EngineError, match="wrote 'mine'"):
        host.get("full")


def test_the_interpreter_is_that_of_the_named_environment(tmp_path):
    assert interpreter(Project(root=tmp_path, name="p")) == Path(sys.executable)
    project = Project(root=tmp_path, name="p", runtime_options={"virtualenv": "venv"})
    with pytest.raises(EngineError, match="python3 -m venv"):
        interpreter(project)
    python = tmp_path / "venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    python.chmod(0o755)
    assert interpreter(project) == python

    host = PluginHost(project, lambda: "x", lambda *line: None)
    try:
        assert host.get("pulumi-python").process.command[0] == str(python)
    finally:
        host.close()


STUBBORN = """
import signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
print(child.pid, flush=True)
time.sleep(60)
"""


@pytest.mark.parametrize("how", ["kill", "stop"])
def test_a_stubborn_child_is_ended_with_its_own_children(tmp_path, how, monkeypatch):
    monkeypatch.setattr("pulumi_local.processes._GRACE_SECONDS", 0.1)
    process = ChildProcess(
        [sys.executable, "-c", STUBBORN],
        cwd=tmp_path,
        environ=os.environ,
        on_line=lambda *line: None,
    )
    grandchild = int(process.first_line(10) or 0)
    getattr(process, how)()
    assert process.exit_code == -signal.SIGKILL
    wait_until(lambda: not is_running(grandchild))


def test_a_program_that_cannot_be_started_is_a_clear_error(tmp_path):
    with pytest.raises(EngineError, match="cannot start /no/such/program"):
        ChildProcess(["/no/such/program"], cwd=tmp_path, environ={}, on_line=lambda *line: None)


ENGINE = """
import os, sys
from pathlib import Path
from pulumi_local.plugins import PluginHost
from pulumi_local.project import Project

host = PluginHost(Project(root=Path(sys.argv[1]), name="p"), lambda: "x", lambda *line: None)
print(host.get("pulumi-python").process.pid, flush=True)
os.read(0, 1)
"""


def test_the_dynamic_provider_ends_with_an_engine_that_is_killed(tmp_path):
    engine = subprocess.Popen(
        [sys.executable, "-c", ENGINE, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with engine:
        assert engine.stdout is not None
        pid = int(engine.stdout.readline())
        assert is_running(pid)
        engine.kill()
    wait_until(lambda: not is_running(pid))
