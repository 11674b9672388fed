"""`pulumi-agentrun build`: make packages as a deployment would, without deploying them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from ..building.mixing import would_be_packed
from ..building.source import PACKAGES_FOLDER, Source
from ..building.target import TARGETS
from . import exit_codes
from .build_results import Job, installed_into, packed, readable
from .errors import CommandError, reporting
from .output import Output
from .stack import Engine, StackResource, load_stack, project_folder
from .target import folder_option

_DEFAULT_LIST = "requirements.txt"
_DEFAULT_LANGUAGE = "python3.12"
_OTHER_LISTS = ("pyproject.toml", "uv.lock", "poetry.lock", "Pipfile", "setup.py")


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
        if not source.requirements and not no_requirements:
            _note_lists(source, output)
        jobs = [Job(str(src), source)]
    if into_src:
        results = [installed_into(job, output, refresh=refresh) for job in jobs]
    else:
        _check_out(out, jobs)
        results = [packed(job, output, out, refresh=refresh) for job in jobs]
    if as_json:
        output.document({"packages": results})
        return
    for result in results:
        output.fields(readable(result))


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


def _note_lists(source: Source, output: Output) -> None:
    """Say so if a folder tells what it needs in a form that is not taken by itself."""
    if source.language not in TARGETS:
        return
    other = next((name for name in _OTHER_LISTS if (source.path / name).is_file()), None)
    if other is not None and not (source.path / PACKAGES_FOLDER).is_dir():
        output.note(
            f"nothing is installed: {source.path} has {other} and no {_DEFAULT_LIST}; name a list "
            "with --requirements, or say --no-requirements"
        )


def _check_out(out: Path | None, jobs: list[Job]) -> None:
    """Refuse to write the package where the next one would have it in it."""
    for job in jobs:
        if out is not None and would_be_packed(job.source.path, out):
            raise CommandError(
                f"{out} lies in the code folder, so the next package would have this one in it",
                "Write it elsewhere, or name it in .arignore",
            )


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
