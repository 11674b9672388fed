"""`pulumi-agentrun build`: make packages as a deployment would, without deploying them."""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from ..building.in_place import put_into
from ..building.source import Source
from ..building.target import TARGETS, target_of
from . import exit_codes
from .errors import CommandError, reporting
from .output import Output
from .stack import Engine, StackResource, load_stack, project_folder
from .target import folder_option

_DEFAULT_LIST = "requirements.txt"
_DEFAULT_LANGUAGE = "python3.12"
_MIB = 1024 * 1024
_INSTALLED = re.compile(r"^python/(?P<name>[^/]+)-(?P<version>[^/-]+)\.dist-info/METADATA$")


@dataclass(frozen=True)
class Job:
    """One package to make, for a folder or a resource of a stack."""

    name: str
    source: Source


@click.command("build")
@click.argument("src", required=False, type=click.Path(path_type=Path))
@click.option(
    "-r",
    "--requirements",
    metavar="FILE",
    help=f"List of packages, relative to SRC. Default: {_DEFAULT_LIST} if SRC has one.",
)
@click.option("--no-requirements", is_flag=True, help="Install nothing.")
@click.option(
    "--language",
    metavar="LANGUAGE",
    help=f"Language of the runtime. Default: {_DEFAULT_LANGUAGE}.",
)
@click.option("--run", "command", metavar="COMMAND", help="Run this in SRC before packing.")
@click.option(
    "-o",
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the package to this file.",
)
@click.option(
    "--into-src",
    is_flag=True,
    help="Install into SRC/python, as `s build` does, and make no package.",
)
@click.option("--refresh", is_flag=True, help="Install again what the cache has already.")
@click.option("-s", "--stack", metavar="STACK", help="Without SRC: the stack.")
@folder_option
@click.option(
    "--engine",
    type=click.Choice(["auto", "cli", "local"]),
    default="auto",
    help="Without SRC: whose stack it is. Default: found out.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--debug", is_flag=True, help="Show tracebacks.")
@reporting
def build_command(
    src: Path | None,
    requirements: str | None,
    no_requirements: bool,
    language: str | None,
    command: str | None,
    out: Path | None,
    into_src: bool,
    refresh: bool,
    stack: str | None,
    folder: Path,
    engine: Engine,
    as_json: bool,
    debug: bool,
) -> None:
    """Make the package of the code folder SRC as a deployment would, and tell what is in it.

    Installs the Linux wheels that the requirements ask for, for the runtime's Python; neither
    Docker nor Linux is needed. What was installed once is kept in the user's cache folder
    (AGENTRUN_CACHE_DIR names another), so the deployment that follows is quick. Where packages come
    from is set as for uv (UV_DEFAULT_INDEX, UV_INDEX, uv.toml).

    Without SRC, the packages of the runtimes of the current stack are made, as they were declared
    when it was deployed last.

    \b
      pulumi-agentrun build ./code
      pulumi-agentrun build ./code --language python3.10 --out agent.zip
      pulumi-agentrun build ./web --language nodejs20 --run "npm ci && npm run build"
    """
    output = Output(as_json=as_json)
    if src is None:
        _refuse_options_of_one_folder(requirements, no_requirements, language, command, out)
        jobs = _jobs_of_stack(folder, stack, engine)
    else:
        source = _declared(folder / src, requirements, no_requirements, language, command)
        jobs = [Job(str(src), source)]
    if into_src:
        results = [_into_src(job, output, refresh=refresh) for job in jobs]
    else:
        results = [_packed(job, output, out, refresh=refresh) for job in jobs]
    if as_json:
        output.document({"packages": results})
        return
    for result in results:
        output.fields(_readable(result))


def _refuse_options_of_one_folder(*given: object) -> None:
    if any(given):
        raise CommandError(
            "--requirements, --no-requirements, --language, --run and --out are for a folder",
            "Name it, for instance `pulumi-agentrun build ./code`",
        )


def _declared(
    path: Path,
    requirements: str | None,
    no_requirements: bool,
    language: str | None,
    command: str | None,
) -> Source:
    if requirements and no_requirements:
        raise CommandError("give either --requirements or --no-requirements, not both")
    if not path.exists():
        raise CommandError(f"{path} does not exist", code=exit_codes.NOT_FOUND)
    language = language or _DEFAULT_LANGUAGE
    known = language in TARGETS and (path / _DEFAULT_LIST).is_file()
    if requirements is None and known and not no_requirements:
        requirements = _DEFAULT_LIST
    return Source(path, language, (), requirements, (command,) if command else ())


def _jobs_of_stack(folder: Path, stack: str | None, engine: Engine) -> list[Job]:
    if project_folder(folder) is None:
        raise CommandError(
            f"no Pulumi.yaml in {folder.absolute()} or a folder above it, and no code folder named",
            "Name the folder, for instance `pulumi-agentrun build ./code`",
        )
    loaded = load_stack(folder, stack, engine)
    base = _program_folder(loaded.folder)
    jobs = [_job(item, base) for item in loaded.of_kind("Runtime") if _code(item).get("src")]
    if not jobs:
        raise CommandError(
            f"stack {loaded.name} has deployed no runtime with local code",
            "Name the folder, for instance `pulumi-agentrun build ./code`",
            code=exit_codes.NOT_FOUND,
        )
    return jobs


def _code(resource: StackResource) -> dict[str, Any]:
    code = resource.inputs.get("code")
    return dict(code) if isinstance(code, dict) else {}


def _job(resource: StackResource, base: Path) -> Job:
    code = _code(resource)
    source = Source(
        base / code["src"],
        str(code.get("language")),
        code.get("command") or (),
        code.get("requirements"),
        code.get("build") or (),
    )
    return Job(resource.name, source)


def _program_folder(project: Path) -> Path:
    """The folder that the program runs in: that of `main` in `Pulumi.yaml`, if there is one."""
    from ruamel.yaml import YAML

    file = next(project.glob("Pulumi.y*ml"))
    main = (YAML(typ="safe").load(file.read_text(encoding="utf-8")) or {}).get("main")
    if not main:
        return project
    place = project / str(main)
    return place if place.is_dir() else place.parent


def _packed(job: Job, output: Output, out: Path | None, *, refresh: bool) -> dict[str, Any]:
    source = job.source
    fresh = refresh or source.has_to_install
    data = source.package(output.note, anew=refresh)
    if out is not None:
        try:
            out.write_bytes(data)
        except OSError as error:
            raise CommandError(f"can't write {out}: {error.strerror or error}") from error
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = archive.namelist()
    return {
        **_described(job, names, fresh),
        "files": len(names),
        "bytes": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
        "path": str(out) if out else None,
    }


def _into_src(job: Job, output: Output, *, refresh: bool) -> dict[str, Any]:
    source = job.source
    if not source.requirements:
        raise CommandError(
            f"{source.path} has no list of requirements to install",
            "Give one with --requirements",
        )
    fresh = refresh or source.has_to_install
    packages = source.packages_folder(output.note, anew=refresh)
    if packages is None:
        return {**_described(job, [], False), "path": None}
    place = put_into(source.path, packages)
    names = [f"python/{path.relative_to(packages).as_posix()}" for path in packages.glob("*/*")]
    return {**_described(job, names, fresh), "path": str(place)}


def _described(job: Job, names: list[str], fresh: bool) -> dict[str, Any]:
    source = job.source
    found = [match for name in sorted(names) if (match := _INSTALLED.match(name))]
    target = target_of(source.language) if source.requirements else None
    return {
        "name": job.name,
        "src": str(source.path),
        "language": source.language,
        "requirements": source.requirements,
        "platform": target.platform if target else None,
        "locked": source.is_locked,
        "installed": bool(found) and fresh,
        "packages": [match.groupdict() for match in found],
    }


def _readable(result: dict[str, Any]) -> dict[str, Any]:
    count = len(result["packages"])
    origin = "installed now" if result["installed"] else "from the cache"
    size = result.get("bytes")
    return {
        "Code": result["src"],
        "Language": result["language"],
        "Requirements": result["requirements"],
        "Packages": f"{count}, {origin}, for {result['platform']}" if count else None,
        "Locked": None
        if result["locked"]
        else "no; fix the releases with `uv pip compile --generate-hashes`",
        "Size": f"{_size(size)} in {result['files']} files" if size else None,
        "SHA-256": result.get("sha256"),
        "Written to": result["path"],
    }


def _size(size: int) -> str:
    return f"{size / _MIB:.1f} MiB" if size >= _MIB else f"{size / 1024:.1f} KiB"
