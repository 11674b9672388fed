"""Checks of `doctor` on this machine: the packages, the Pulumi CLI and its helpers, the project."""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from .. import __version__
from ..checkup.finding import Finding
from ..errors import ConfigError
from .errors import CommandError
from .stack import Stack, project_folder
from .stack_cli import INSTALL, found

_DISTRIBUTION: Final = "pulumi-agentrun"
_TIMEOUT_SECONDS: Final = 60

# What the CLI starts for a Python program and for its dynamic providers.
_LAUNCHERS: Final = (
    "pulumi-language-python",
    "pulumi-language-python-exec",
    "pulumi-resource-pulumi-python",
)
_ENGINE_MODULES: Final = ("grpc", "google.protobuf", "cryptography", "yaml")
_PROBE: Final = "import pulumi_agentrun, agentrun_provider; print(agentrun_provider.__version__)"


def check_packages() -> Iterator[Finding]:
    """Whether all packages are there that the provider requires."""
    missing = sorted(name for name in _required() if not _is_installed(name))
    if missing:
        yield Finding(
            "packages",
            "fail",
            f"missing: {', '.join(missing)}",
            f"Run `pip install --upgrade {_DISTRIBUTION}`",
        )
        return
    yield Finding(
        "packages",
        "ok",
        f"{_DISTRIBUTION} {__version__}, pulumi {metadata.version('pulumi')}, "
        f"Python {platform.python_version()}",
    )


def check_engine() -> Iterator[Finding]:
    """Whether the embedded engine could run."""
    missing = [name for name in _ENGINE_MODULES if not _can_import(name)]
    if missing:
        yield Finding(
            "embedded engine",
            "skip",
            f"not installed ({', '.join(missing)} missing); only `local` and `fake` need it",
            f"Run `pip install '{_DISTRIBUTION}[testing]'`",
        )
    else:
        yield Finding("embedded engine", "ok", "`pulumi-agentrun local` can run")


def check_build() -> Iterator[Finding]:
    """Whether requirements could be installed into packages."""
    if _is_installed("uv") or shutil.which("uv"):
        yield Finding("build", "ok", "uv is there")
    else:
        yield Finding(
            "build",
            "skip",
            "uv is not installed; only code with `requirements` needs it",
            f"Run `pip install '{_DISTRIBUTION}[build]'`",
        )


def check_cli(environ: Mapping[str, str]) -> Iterator[Finding]:
    """Whether the Pulumi CLI is there, with the helpers that it starts for Python."""
    program = found(environ)
    if program is None:
        works = all(_can_import(name) for name in _ENGINE_MODULES)
        words = "it is not on the PATH"
        if works:
            words += "; `pulumi-agentrun local` works without it"
        yield Finding("Pulumi CLI", "warn" if works else "fail", words, INSTALL)
        return
    done = _run([program, "version"], Path(), environ)
    version = done.stdout.strip() or "a development build"
    if done.returncode:
        yield Finding("Pulumi CLI", "fail", f"{program} does not start: {_last(done)}", INSTALL)
        return
    yield Finding("Pulumi CLI", "ok", f"{version}, {program}")
    beside = os.pathsep.join([str(Path(program).resolve().parent), environ.get("PATH", "")])
    missing = [name for name in _LAUNCHERS if shutil.which(name, path=beside) is None]
    if missing:
        yield Finding(
            "launchers",
            "fail",
            f"missing beside the CLI and on the PATH: {', '.join(missing)}",
            "Install the whole Pulumi CLI again: resources can't be deployed without them",
        )
    else:
        yield Finding("launchers", "ok", ", ".join(_LAUNCHERS))


def check_interpreter(folder: Path, environ: Mapping[str, str]) -> Iterator[Finding]:
    """Whether the Python that runs the program, and its dynamic providers, has this package."""
    root = project_folder(folder)
    if root is None:
        yield Finding("interpreter", "skip", "there is no project here")
        return
    project = _project(root)
    named = _virtualenv(project)
    if named is None:
        program = environ.get("PULUMI_PYTHON_CMD") or "python3"
        yield _imports(shutil.which(program, path=environ.get("PATH")) or program, root, environ)
        return
    yield _imports(str(_python_of(root / named)), root, environ)
    main = str(project.get("main") or "")
    if main and not Path(named).is_absolute() and not _python_of(root / main / named).exists():
        # The CLI's launcher of dynamic providers starts in the program's folder.
        yield Finding(
            "interpreter",
            "warn",
            f"virtualenv {named} is looked for below {main} by dynamic providers of the Pulumi "
            "CLI, and is not there",
            "Take `virtualenv` out of Pulumi.yaml and activate it instead, or name it absolutely",
        )


def check_stack(stack: Stack) -> Iterator[Finding]:
    """Whether a stack is at rest and its secrets can be read."""
    where = "its files" if stack.engine == "local" else "the Pulumi CLI"
    yield Finding("stack", "ok", f"{stack.name} of {stack.project}, read from {where}")
    if stack.pending:
        names = ", ".join(urn.rsplit("::", 1)[-1] for urn in stack.pending)
        yield Finding(
            "stack",
            "warn",
            f"a deployment was interrupted at {names}",
            # A refresh that asks nobody keeps them otherwise; what was made after all is found by
            # its mark.
            "Run `pulumi refresh --clear-pending-creates`, or `pulumi-agentrun local refresh` with "
            "the embedded engine, then deploy again",
        )
    try:
        hidden = [key for key in getattr(stack.config, "secrets", ()) if stack.config[key]]
    except CommandError as error:
        yield Finding(
            "passphrase",
            "fail",
            str(error),
            error.hint or "Set PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE",
        )
    else:
        if hidden:
            yield Finding("passphrase", "ok", f"secrets of the configuration: {len(hidden)}")


def _imports(program: str, root: Path, environ: Mapping[str, str]) -> Finding:
    try:
        done = _run([program, "-c", _PROBE], root, environ)
    except CommandError as error:
        fix = (
            "Run `pulumi install`, which makes the virtual environment, or correct Pulumi.yaml"
            if Path(program).is_relative_to(root)
            else "Install Python, or name another one with PULUMI_PYTHON_CMD"
        )
        return Finding("interpreter", "fail", str(error), fix)
    if done.returncode:
        return Finding(
            "interpreter",
            "fail",
            f"{program}, which runs the program, can't import pulumi_agentrun: {_last(done)}",
            f"Run `{_install(program, _DISTRIBUTION)}`, or activate another environment",
        )
    version = done.stdout.strip()
    if version != __version__:
        return Finding(
            "interpreter",
            "warn",
            f"{program}, which runs the program, has {_DISTRIBUTION} {version}, this is "
            f"{__version__}",
            f"Run `{_install(program, f'{_DISTRIBUTION}=={__version__}')}`",
        )
    return Finding("interpreter", "ok", f"{program} has {_DISTRIBUTION} {version}")


def _install(program: str, requirement: str) -> str:
    """The command that installs something for an interpreter."""
    # Environments that uv makes have no pip.
    has_pip = any(Path(program).parent.glob("pip*")) or not Path(program).is_absolute()
    if has_pip:
        return f"{program} -m pip install {requirement}"
    return f"uv pip install --python {program} {requirement}"


def _project(root: Path) -> Mapping[str, Any]:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    path = next(root / name for name in ("Pulumi.yaml", "Pulumi.yml") if (root / name).is_file())
    try:
        data = YAML(typ="safe").load(path)
    except YAMLError as error:
        raise ConfigError(f"{path} is no valid YAML: {error}", "Correct the file") from error
    return data if isinstance(data, dict) else {}


def _virtualenv(project: Mapping[str, Any]) -> str | None:
    runtime = project.get("runtime")
    options = (runtime.get("options") or {}) if isinstance(runtime, dict) else {}
    if options.get("virtualenv"):
        return str(options["virtualenv"])
    return ".venv" if options.get("toolchain") == "uv" else None


def _python_of(environment: Path) -> Path:
    windows = environment / "Scripts" / "python.exe"
    return windows if windows.exists() else environment / "bin" / "python"


def _required() -> list[str]:
    """Names of the distributions that are required without any extra."""
    try:
        lines = metadata.requires(_DISTRIBUTION) or []
    except metadata.PackageNotFoundError:
        return [_DISTRIBUTION]
    needed = [line for line in lines if "extra ==" not in line]
    return [re.split(r"[^A-Za-z0-9._-]", line, maxsplit=1)[0] for line in needed]


def _is_installed(distribution: str) -> bool:
    try:
        metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return False
    return True


def _can_import(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:
        return False


def _run(
    command: list[str], folder: Path, environ: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(  # noqa: S603 - programs of the user's own machine, without a shell
            command,
            cwd=folder,
            env={**environ, "PULUMI_SKIP_UPDATE_CHECK": "true"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_TIMEOUT_SECONDS,
            check=False,
        )
    except OSError as error:
        raise CommandError(f"{command[0]} does not start: {error.strerror}") from error
    except subprocess.TimeoutExpired as error:
        raise CommandError(f"{command[0]} did not end in {_TIMEOUT_SECONDS} s") from error


def _last(done: subprocess.CompletedProcess[str]) -> str:
    lines = [line for line in done.stderr.splitlines() if line.strip()]
    return lines[-1].strip() if lines else f"exit code {done.returncode}"
