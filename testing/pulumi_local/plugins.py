"""Provider plugins: found, started, told apart, and ended with the engine.

A plugin is a program ``pulumi-resource-<package>`` that is given the engine's address, writes the
port it listens on as its first line, and serves providers there. The provider behind all dynamic
resources (package ``pulumi-python``) is the `pulumi` package's own server, run by the
interpreter of the program.
"""

from __future__ import annotations

import os
import shutil
import sys
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import provider_pb2_grpc

from pulumi_local.errors import EngineError
from pulumi_local.processes import CHILDREN, ChildProcess, OnLine
from pulumi_local.project import Project

DYNAMIC_PACKAGE: Final = "pulumi-python"
"""The package of the resources that a Python program defines itself."""

CHANNEL_OPTIONS: Final = (
    ("grpc.max_receive_message_length", 400 * 1024 * 1024),
    ("grpc.max_send_message_length", 400 * 1024 * 1024),
    # Everything is on loopback, which a proxy named in the environment cannot reach.
    ("grpc.enable_http_proxy", 0),
)

# A cold start of the interpreter on a busy machine takes a while; a broken plugin ends earlier.
_START_SECONDS = 60.0
_CANCEL_SECONDS = 2.0


def interpreter(project: Project) -> Path:
    """Return the Python interpreter of the program.

    That of the virtual environment that Pulumi.yaml names, or else the one that runs the engine.
    Raises EngineError if the named environment is not there.
    """
    folder = project.virtualenv
    if folder is None and project.runtime_options.get("toolchain") == "uv":
        folder = project.root / ".venv"
    if folder is None:
        return Path(sys.executable)
    for candidate in (folder / "bin" / "python", folder / "Scripts" / "python.exe"):
        if candidate.is_file():
            return candidate
    raise EngineError(
        f"the virtual environment {folder} of Pulumi.yaml does not exist;"
        f" create it with: python3 -m venv {folder}"
    )


@dataclass(frozen=True)
class Plugin:
    """A running plugin."""

    package: str
    process: ChildProcess
    channel: grpc.Channel
    stub: provider_pb2_grpc.ResourceProviderStub


class PluginHost:
    """Starts each plugin once, and ends them all. Safe to use from several threads."""

    def __init__(
        self,
        project: Project,
        engine_address: Callable[[], str],
        on_line: OnLine,
        environ: Mapping[str, str] | None = None,
    ) -> None:
        """Prepare for plugins of a project; their output lines go to ``on_line``."""
        self._project = project
        self._engine_address = engine_address
        self._on_line = on_line
        self._environ = os.environ if environ is None else environ
        self._lock = threading.Lock()
        self._plugins: dict[tuple[str, str, str], Future[Plugin]] = {}
        self._starting: set[ChildProcess] = set()
        self._closed = False

    def get(self, package: str, version: str = "", instance: str = "") -> Plugin:
        """Return the running plugin of a package, starting it if needed.

        A process has one configuration, so each provider resource has one of its own, told apart
        by ``instance``. Raises EngineError if there is no plugin or it does not start.
        """
        future, mine = self._claim((package, version, instance))
        if mine:
            try:
                future.set_result(self._start(package, version))
            except BaseException as error:
                future.set_exception(error)
        return future.result()

    def prefetch(self, package: str, version: str = "", instance: str = "") -> None:
        """Start a plugin in the background, as it will be needed; errors show when it is."""
        threading.Thread(
            target=self._prefetch,
            args=(package, version, instance),
            name=f"start-{package}",
            daemon=True,
        ).start()

    def cancel(self) -> None:
        """Ask all plugins to abort what they are doing; they need not obey."""
        for plugin in self._running():
            # A plugin without Cancel, or one that has just ended, has nothing to abort.
            with suppress(grpc.RpcError):
                plugin.stub.Cancel(empty_pb2.Empty(), timeout=_CANCEL_SECONDS)

    def end_run(self) -> None:
        """End the plugins that cannot serve another run.

        The dynamic one can, and its start is the larger part of a short run. Others need not
        bear being configured twice.
        """
        with self._lock:
            keys = [key for key in self._plugins if key[0] != DYNAMIC_PACKAGE]
            futures = [self._plugins.pop(key) for key in keys]
        _end(futures)

    def close(self) -> None:
        """End all plugins. Idempotent."""
        with self._lock:
            self._closed = True
            futures = list(self._plugins.values())
        _end(futures)

    def kill(self) -> None:
        """End all plugins at once, without waiting for those that are only just starting."""
        with self._lock:
            self._closed = True
            futures = list(self._plugins.values())
            starting = list(self._starting)
        for process in starting:
            process.kill()
        for future in futures:
            if future.done() and future.exception() is None:
                future.result().process.kill()

    def _running(self) -> list[Plugin]:
        with self._lock:
            futures = list(self._plugins.values())
        return [f.result() for f in futures if f.done() and f.exception() is None]

    def _claim(self, key: tuple[str, str, str]) -> tuple[Future[Plugin], bool]:
        with self._lock:
            if self._closed:
                raise EngineError("the engine is shutting down")
            known = self._plugins.get(key)
            if known is not None and not self._is_broken(known):
                return known, False
            future: Future[Plugin] = Future()
            self._plugins[key] = future
        if known is not None:
            _end([known])
        return future, True

    @staticmethod
    def _is_broken(future: Future[Plugin]) -> bool:
        """Whether a plugin could not be started, or has ended since."""
        if not future.done():
            return False
        return future.exception() is not None or future.result().process.exit_code is not None

    def _prefetch(self, package: str, version: str, instance: str) -> None:
        with suppress(EngineError):
            self.get(package, version, instance)

    def _start(self, package: str, version: str) -> Plugin:
        process = ChildProcess(
            [*self._command(package, version), self._engine_address()],
            cwd=program_folder(self._project),
            environ={**self._environ, **self._extra_environ()},
            on_line=self._on_line,
        )
        with self._lock:
            self._starting.add(process)
        line = process.first_line(_START_SECONDS)
        with self._lock:
            self._starting.discard(process)
        if line is None or not line.strip().isdigit():
            reason = _why_no_port(process, line)
            process.stop()
            raise EngineError(f"the provider plugin of {package!r} did not start: it {reason}")
        channel = grpc.insecure_channel(f"127.0.0.1:{line.strip()}", options=CHANNEL_OPTIONS)
        return Plugin(package, process, channel, provider_pb2_grpc.ResourceProviderStub(channel))

    def _extra_environ(self) -> Mapping[str, str]:
        return {
            "PULUMI_PROJECT": self._project.name,
            "PULUMI_ROOT_DIRECTORY": str(self._project.root),
        }

    def _command(self, package: str, version: str) -> Sequence[str | Path]:
        if package == DYNAMIC_PACKAGE:
            # Unbuffered, so that what a provider prints is seen when it is printed.
            return [interpreter(self._project), "-u", CHILDREN / "dynamic.py"]
        return [self._find(package, version)]

    def _find(self, package: str, version: str) -> Path:
        program = f"pulumi-resource-{package}"
        named = self._project.plugin_paths.get(package)
        home = Path(self._environ.get("PULUMI_HOME") or Path.home() / ".pulumi")
        installed = home / "plugins" / f"resource-{package}-v{version}"
        for candidate in filter(None, (named, installed if version else None)):
            if (candidate / program).is_file():
                return candidate / program
        found = shutil.which(program, path=self._environ.get("PATH"))
        if found is None:
            raise EngineError(
                f"no provider plugin for package {package!r}: {program} is not on PATH."
                f" Install it, or pass --simulate {package} to echo inputs as outputs"
            )
        return Path(found)


def _why_no_port(process: ChildProcess, line: str | None) -> str:
    if line:
        return f"wrote {line!r} instead of its port"
    code = process.exit_code_soon()
    return "wrote no port, and goes on" if code is None else f"ended with exit code {code}"


def _end(futures: Iterable[Future[Plugin]]) -> None:
    """End plugins; one that is just starting is waited for, as it ends soon or in an error."""
    for future in futures:
        if future.exception() is None:
            plugin = future.result()
            plugin.channel.close()
            plugin.process.stop()


def program_folder(project: Project) -> Path:
    """Return the folder that a project's program, and its dynamic providers, run in."""
    program = project.program_path
    return program if program.is_dir() else program.parent
