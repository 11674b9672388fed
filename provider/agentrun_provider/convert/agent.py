"""Read one resource: the `agent` block as arguments of an `Agent`, by the component's own rules."""

from __future__ import annotations

import difflib
import os
import re
from dataclasses import dataclass
from pathlib import Path

from .documents import Document, Resource
from .endpoint_list import endpoints
from .failures import Faults
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
from .scalars import Read, Report, flag, number, text
from .values import Items, Late, Plain, Record, Value

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
# What the service answers 400 for when it is missing, and what the provider then sends.
_NEEDED = {"cpu": "1", "memory": "2048", "port": "9000"}
_PRODUCTION = re.compile(r"(^|[-_.])(prod|production|prd|live|online)([-_.]|$)")


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
        _watch(agent, arguments, document, report)
    if resource.actions is not None:
        report.trap(
            resource.actions,
            f"the `actions` of {resource.name} are commands that nothing runs any more: what "
            "builds the code goes into `build` of `agentrun.CodeArgs`, the rest into your pipeline",
        )
        report.drop("actions", resource.actions, "see the traps")
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
        fields["src"] = Plain(_path_from(out, place), False, source.origin)
        assert source.origin is not None, "read from a file"
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
            _tell_of_build(place, source, report)
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


def _tell_of_build(place: Path, source: Plain, report: Report) -> None:
    assert source.origin is not None, "read from a file"
    if (place / "python").is_dir():
        report.trap(
            source.origin.place,
            f"`s build` has installed packages into {source.value}/python, and they are deployed "
            "as they are. To have `up` install them, remove that folder and add "
            '`requirements="requirements.txt"` to `agentrun.CodeArgs`',
        )
    else:
        report.trap(
            source.origin.place,
            f"{source.value}/requirements.txt is not installed by a deployment. In place of `s "
            'build`, add `requirements="requirements.txt"` to `agentrun.CodeArgs`',
        )


def _path_from(out: Path, place: Path) -> str:
    """A path as the program writes it, `./code`."""
    relative = Path(os.path.relpath(place.resolve(), out.resolve())).as_posix()
    return relative if relative.startswith("..") else f"./{relative}"


def _domain(agent: Node, arguments: dict[str, Value], report: Report) -> None:
    domain = arguments.get("custom_domain")
    node = agent.get("customDomain")
    if not isinstance(domain, Record) or node is None:
        return
    name = domain.fields.get("domain_name")
    if isinstance(name, Plain) and name.value == "auto":
        from .references import EnvRef

        place = node.value["domainName"].place
        report.trap(
            place,
            "`customDomain.domainName: auto` asks a service of Serverless Devs for a domain, which "
            "nothing else can do. Set the one that was granted before (`s info` shows it), or a "
            "domain of your own",
        )
        late = Late((EnvRef("DOMAIN_NAME"),), "text", False, name.origin)
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


def _watch(agent: Node, arguments: dict[str, Value], document: Document, report: Report) -> None:
    """Note what is valid, and not what people expect."""
    for key, value in _NEEDED.items():
        if agent.get(key) is None:
            report.trap(
                agent.place,
                f"`agent.{key}` is missing. The schema's default is never applied: the component "
                f"sends none, and the service refuses to create the runtime. The provider sends "
                f"{value} (its own default); if the runtime exists with another value, write that "
                "into the program",
            )
    if agent.get("instanceConcurrency") is None:
        report.trap(
            agent.place,
            "`agent.instanceConcurrency` is missing: the schema says 10, but none is sent, and the "
            "service's own default is 1",
        )
    container = arguments.get("container")
    image = container.fields.get("image") if isinstance(container, Record) else None
    if isinstance(image, Plain) and image.origin and _is_mutable(str(image.value)):
        report.trap(
            image.origin.place,
            f"the image {image.value} has no fixed tag: under it every version runs whatever was "
            "pushed last, and a rollback gets the newest, too. Give a digest",
        )
    _watch_endpoints(agent, arguments, document, report)


def _is_mutable(image: str) -> bool:
    if "@sha256:" in image:
        return False
    _, colon, tag = image.rpartition("/")[2].partition(":")
    return not colon or tag == "latest"


def _watch_endpoints(
    agent: Node, arguments: dict[str, Value], document: Document, report: Report
) -> None:
    listed = arguments.get("endpoints")
    if not isinstance(listed, Items) or not listed.items:
        report.trap(
            agent.place,
            "there are no `endpoints`. The guide says that `s deploy` makes one; the component "
            "does not, so the agent may have no address, or one that was made elsewhere",
        )
        return
    if not _PRODUCTION.search(document.stack):
        return
    for item in listed.items:
        assert isinstance(item, Record), "endpoints are objects"
        version = item.fields.get("version")
        if item.origin and (version is None or version == Plain("LATEST")):
            report.trap(
                item.origin.place,
                f"`{item.origin.path}` is on LATEST in {document.stack}: every deployment reaches "
                "its users at once. With `publish=True` (and no version) the endpoint follows "
                "published versions, and `rollout` gives them traffic step by step",
            )


def read_document(
    document: Document, out: Path, faults: Faults
) -> tuple[dict[str, AgentFile], Report]:
    """Read all agents of a file, with what was found on the way."""
    report = Report(faults)
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
    for key, place in document.ignored:
        report.trap(place, f"`{key}` is no key of edition 3.0.0: it has no effect")
    return agents, report
