"""Read one resource: the `agent` block as arguments of an `Agent`, by the component's own rules."""

from __future__ import annotations

import difflib
import os
from dataclasses import dataclass
from pathlib import Path

from .documents import Document, Resource
from .endpoint_list import endpoints
from .failures import Faults
from .left_behind import leaves
from .reading import Node
from .records import (
    CODE,
    CONTAINER,
    DOMAIN,
    NAME,
    NAS,
    OSS_MOUNT,
    SHORT_NAME,
    VPC,
    arms,
    environment,
    health_check,
    ignored,
    log,
    protocol,
    role,
)
from .references import EnvRef
from .scalars import Read, Report, flag, number, text
from .values import Late, Plain, Record, Value
from .watching import tell_of_build, watch, watch_variables

# Key in the file -> argument of the component and how it is read, in the order of the program.
_FIELDS: dict[str, tuple[str, Read]] = {
    "name": ("name", text(NAME)),
    "description": ("description", text(longest=256)),
    "code": ("code", CODE),
    "customContainerConfig": ("container", CONTAINER),
    "cpu": ("cpu", number(0.05, 16, whole=False)),
    "memory": ("memory", number(128, 32768)),
    "diskSize": ("disk_size", number(0, 0, choices=(512, 10240))),
    "port": ("port", number(1, 65535)),
    "instanceConcurrency": ("instance_concurrency", number(1, 200)),
    "sessionIdleTimeoutSeconds": ("session_idle_timeout_seconds", number(60, 86400)),
    "enableSessionIsolation": ("enable_session_isolation", flag),
    "disableSessionAffinity": ("disable_session_affinity", flag),
    "vpcConfig": ("vpc", VPC),
    "internetAccess": ("internet_access", flag),
    "environmentVariables": ("environment_variables", environment),
    "role": ("role", role),
    "credentialName": ("credential", text(SHORT_NAME)),
    "logConfig": ("log", log),
    "protocolConfiguration": ("protocol", protocol),
    "healthCheckConfiguration": ("health_check", health_check),
    "nasConfig": ("nas", NAS),
    "ossMountConfig": ("oss_mount", OSS_MOUNT),
    "armsConfiguration": ("arms", arms),
    "endpoints": ("endpoints", endpoints),
    "customDomain": ("custom_domain", DOMAIN),
}
_PROPS = frozenset({"region", "agent"})


@dataclass(frozen=True)
class AgentFile:
    """One agent as one file declares it.

    Attributes:
        name: Key of the resource.
        region: Its region.
        arguments: Arguments of the `Agent`.
        notes: Comments at the resource.
    """

    name: str
    region: Value
    arguments: Record
    notes: tuple[str, ...]


def read_agent(resource: Resource, document: Document, out: Path, report: Report) -> AgentFile:
    """Read a resource; what is wrong goes into the report.

    Args:
        resource: The resource.
        document: The file it is in.
        out: The folder of the program, which paths must start from.
        report: Gets faults, traps and fields that go nowhere.
    """
    props = resource.props
    region = props.get("region")
    found_region: Value | None = None
    if region is None:
        report.faults.add(props.place, "props.region is missing")
    else:
        found_region = text(r"^[a-z0-9-]+$")(region, "region", report)
    for key, node in props.items():
        if key not in _PROPS:
            ignored(f"props.{key}", node.place, report)
    for path, leaf in leaves(props):
        if leaf.value is None:
            report.drop(path, leaf.place, "it is empty, and Serverless Devs leaves it out")
    agent = props.get("agent")
    arguments: dict[str, Value] = {}
    if agent is None or not agent.is_mapping:
        place = agent.place if agent else props.place
        report.faults.add(place, "props.agent is missing: the component needs it")
    else:
        arguments = _arguments(agent, report)
        _check(agent, report)
        _rewrite_code(agent, arguments, document, out, report)
        _domain(agent, arguments, report)
        _workspace(agent, arguments, report)
        watch(agent, arguments, document, report)
    if resource.actions is not None:
        report.trap(
            resource.actions,
            f"the `actions` of {resource.name} are commands that nothing runs any more: what "
            "builds the code goes into `build` of `agentrun.CodeArgs`, the rest into your pipeline",
        )
    return AgentFile(
        resource.name,
        found_region or Plain("cn-hangzhou"),
        Record("Agent", arguments),
        resource.notes,
    )


def _arguments(agent: Node, report: Report) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for key, (argument, read) in _FIELDS.items():
        node = agent.get(key)
        if node is None:
            continue
        value = read(node, f"agent.{key}", report)
        if value is not None:
            found[argument] = value
    for key, node in agent.items():
        if key in _FIELDS or key == "workspace":
            continue
        near = difflib.get_close_matches(key, [*_FIELDS, "workspace"], n=1)
        ignored(f"agent.{key}", node.place, report)
        if near:
            report.trap(node.place, f"`agent.{key}` may be meant to be `{near[0]}`")
    return found


def _check(agent: Node, report: Report) -> None:
    """What the component refuses beyond single fields."""
    if agent.get("name") is None:
        report.faults.add(agent.place, "agent.name is missing")
    code, container = agent.get("code"), agent.get("customContainerConfig")
    if (code is None) == (container is None):
        report.faults.add(agent.place, "agent needs exactly one of code and customContainerConfig")
    if code is not None and code.is_mapping:
        pair = [code.get("ossBucketName"), code.get("ossObjectName")]
        if (code.get("src") is None) != all(pair) or (any(pair) and not all(pair)):
            report.faults.add(
                code.place,
                "agent.code needs either src, or both ossBucketName and ossObjectName",
            )
    if agent.get("nasConfig") is not None and agent.get("vpcConfig") is None:
        report.faults.add(
            agent.value["nasConfig"].place, "agent.nasConfig needs vpcConfig: NAS is reached by it"
        )


def _rewrite_code(
    agent: Node, arguments: dict[str, Value], document: Document, out: Path, report: Report
) -> None:
    """Let the path of the code start from the program's folder, and drop a useless checksum."""
    code = arguments.get("code")
    if not isinstance(code, Record):
        return
    fields = dict(code.fields)
    source = fields.get("src")
    if isinstance(source, Plain):
        place = document.path.parent / str(source.value)
        fields["src"] = Plain(_path_of(source, document, out), False, source.origin)
        assert source.origin is not None, "read from a file"
        if _holds(place, out):
            report.trap(
                source.origin.place,
                f"the code folder {source.value} holds the new project: its files would be "
                "deployed with the code. Move the code into a folder of its own, or convert with "
                "--out to a folder outside of it",
            )
        if not place.exists():
            report.trap(source.origin.place, f"`agent.code.src` {source.value} does not exist")
        elif (place / ".env").is_file():
            report.trap(
                source.origin.place,
                f"the code folder {source.value} has a `.env` file, which the component deploys "
                "with the code. The provider leaves `.env` files out: declare what the agent needs "
                "as `environment_variables`, and rotate the keys in it",
            )
        if place.is_dir() and (place / "requirements.txt").is_file():
            tell_of_build(place, source, report)
    node = agent.get("code")
    checksum = node.get("checksum") if node else None
    if source is not None and checksum is not None:
        fields.pop("checksum", None)
        report.trap(
            checksum.place,
            "`agent.code.checksum` is written by hand beside `src`: as soon as the code changes it "
            "is wrong. It is left out; the provider computes it",
        )
        report.drop("agent.code.checksum", checksum.place, "computed by the provider")
    arguments["code"] = Record(code.type, fields, code.origin)


def _path_of(source: Plain, document: Document, out: Path) -> str:
    """The folder as the program writes it, `./code`; one from elsewhere keeps its whole path."""
    home = document.path.parent
    place = home / str(source.value)
    if Path(str(source.value)).is_absolute() and not _holds(home, place):
        return str(source.value)
    relative = Path(os.path.relpath(place.resolve(), out.resolve())).as_posix()
    return relative if relative.startswith("..") else f"./{relative}".removesuffix("/.")


def _holds(folder: Path, place: Path) -> bool:
    return place.resolve().is_relative_to(folder.resolve())


def _domain(agent: Node, arguments: dict[str, Value], report: Report) -> None:
    domain = arguments.get("custom_domain")
    node = agent.get("customDomain")
    if not isinstance(domain, Record) or node is None:
        return
    name = domain.fields.get("domain_name")
    if isinstance(name, Plain) and name.value == "auto":
        place = node.value["domainName"].place
        report.trap(
            place,
            "`customDomain.domainName: auto` asks a service of Serverless Devs for a domain, which "
            "nothing else can do. Set the one that was granted before (`s info` shows it), or a "
            "domain of your own",
        )
        late = Late((EnvRef("DOMAIN_NAME", source="domain"),), origin=name.origin)
        arguments["custom_domain"] = Record(
            domain.type, {**domain.fields, "domain_name": late}, domain.origin
        )


def _workspace(agent: Node, arguments: dict[str, Value], report: Report) -> None:
    """A workspace is named by its id, else by its name (section 8.4)."""
    node = agent.get("workspace")
    if node is None:
        return
    chosen = next((key for key in ("id", "name") if node.get(key) is not None), None)
    if chosen is None:
        report.faults.add(node.place, "agent.workspace needs an id or a name")
        return
    value = text()(node.value[chosen], f"agent.workspace.{chosen}", report)
    if value is not None:
        arguments["workspace"] = value
    for key, item in node.items():
        if key == chosen:
            continue
        report.drop(f"agent.workspace.{key}", item.place, f"the {chosen} tells the workspace")
    if chosen == "name":
        report.trap(
            node.place,
            "the component makes the workspace of `agent.workspace.name` if there is none; the "
            "provider wants it to exist",
        )


def read_document(
    document: Document, out: Path, faults: Faults
) -> tuple[dict[str, AgentFile], Report]:
    """Read all agents of a file, with what was found on the way."""
    report = Report(faults, document.secrets)
    agents = {
        name: read_agent(resource, document, out, report)
        for name, resource in document.resources.items()
    }
    if document.actions is not None:
        report.trap(
            document.actions,
            "the `actions` of the file are commands that nothing runs any more: put them into your "
            "pipeline",
        )
    for resource in document.resources.values():
        if resource.access is not None and resource.access != document.access:
            report.trap(
                resource.place,
                f"`access: {resource.access}` of {resource.name} has no effect: Serverless Devs "
                "takes the `access` of the whole file",
            )
    if document.environments is not None:
        report.trap(
            document.environments,
            "the environments of `s env` are not read. If their overlays change an agent in `s "
            "deploy --env NAME`, write that into a file s.NAME.yaml that extends this one, and "
            "convert that, too",
        )
    for key, place in document.ignored:
        report.trap(place, f"`{key}` is no key of edition 3.0.0: it has no effect")
    values = [value for agent in agents.values() for value in (agent.arguments, agent.region)]
    watch_variables(values, document, report)
    return agents, report
