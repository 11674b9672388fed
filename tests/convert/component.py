"""What the Serverless Devs component sends, written from sections 8 and 9 of the API reference.

It shares nothing with the converter: it reads the files its own way and talks to the service in the
API's names, so that the two agree only if both follow the reference.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import yaml
from agentrun_provider.kinds.log_auto import ensure_logs
from agentrun_provider.session import Session
from agentrun_provider.upload import upload_package

RUNTIMES = "/agents/runtimes"
_REFERENCE = re.compile(r"\$\{([^}]*)\}")


class Component:
    """Deploys files.

    Args:
        session: Connection; one region.
        environ: Environment that `${env(X)}` is read from.
    """

    def __init__(self, session: Session, environ: Mapping[str, str]) -> None:
        self.session = session
        self.environ = environ
        self.outputs: dict[str, Any] = {}

    def deploy(self, path: Path, *, endpoints: bool = True) -> None:
        """`s deploy -t FILE`: every resource of the file, one after the other.

        Args:
            path: The file.
            endpoints: Whether those of the file are there already.
        """
        document = self._whole(path)
        for name in _sorted_by_use(document):
            props = self._props(document, name)
            if not endpoints:
                props["agent"].pop("endpoints", None)
            self._deploy(props["agent"], path.parent)
            self.outputs[name] = self._output(props["agent"]["name"])

    def publish(self, name: str) -> None:
        """`s version publish`."""
        live = self._find(name)
        assert live is not None, "deployed before"
        path = f"{RUNTIMES}/{live['agentRuntimeId']}/versions"
        self._call("PublishRuntimeVersion", "POST", path, {"description": "Published"})

    def _whole(self, path: Path) -> dict[str, Any]:
        document = _parse(path.read_text(encoding="utf-8"))
        base = document.pop("extend", None)
        return _deep(self._whole(path.parent / base), document) if base else document

    def _props(self, document: dict[str, Any], name: str) -> dict[str, Any]:
        resource = document["resources"][name]
        props = resource["props"]
        extend = resource.get("extend")
        if extend:
            template = dict(document["template"][extend["name"]])
            for key in extend.get("ignore", []):
                template.pop(key, None)
            props = _deep(template, props)
        resolved = self._resolve(props, document, name)
        assert isinstance(resolved, dict)
        return resolved

    def _resolve(self, value: Any, document: dict[str, Any], this: str) -> Any:
        if isinstance(value, dict):
            return {key: self._resolve(item, document, this) for key, item in value.items()}
        if isinstance(value, list):
            return [self._resolve(item, document, this) for item in value]
        if not isinstance(value, str):
            return value
        whole = _REFERENCE.fullmatch(value)
        if whole:
            return self._answer(whole[1], document, this)
        return _REFERENCE.sub(lambda match: str(self._answer(match[1], document, this)), value)

    def _answer(self, inside: str, document: dict[str, Any], this: str) -> Any:
        env = re.fullmatch(r"env\(\s*['\"]?(\w+)['\"]?\s*(?:,\s*['\"]?(.*?)['\"]?\s*)?\)", inside)
        if env:
            return self.environ.get(env[1], env[2])
        if re.fullmatch(r"config\(['\"]?AccountID['\"]?\)", inside):
            return self.session.account_id
        steps = inside.split(".")
        if steps == ["this", "name"]:
            return this
        if steps[0] == "this":
            steps = ["resources", this, *steps[1:]]
        if steps[0] == "resources" and steps[2] == "output":
            found: Any = self.outputs[steps[1]]
            steps = steps[3:]
        else:
            found = document
        for step in steps:
            found = found[int(step)] if isinstance(found, list) else found[step]
        return self._resolve(found, document, this)

    def _deploy(self, agent: dict[str, Any], folder: Path) -> None:
        body = self._body(agent, folder)
        found = self._find(agent["name"])
        if found is None:
            runtime_id = self._call("CreateAgentRuntime", "POST", RUNTIMES, body)["agentRuntimeId"]
        else:
            runtime_id = found["agentRuntimeId"]
            rest = {key: value for key, value in body.items() if key != "agentRuntimeName"}
            self._call("UpdateAgentRuntime", "PUT", f"{RUNTIMES}/{runtime_id}", rest)
        path = f"{RUNTIMES}/{runtime_id}"
        self._until(lambda: self._call("GetAgentRuntime", "GET", path)["status"] == "READY")
        for endpoint in agent.get("endpoints") or []:
            self._endpoint(path, endpoint)
        if agent.get("customDomain"):
            self._domain(runtime_id, agent["customDomain"])

    def _body(self, agent: dict[str, Any], folder: Path) -> dict[str, Any]:
        body: dict[str, Any] = {"agentRuntimeName": agent["name"]}
        same = [
            "description",
            "cpu",
            "memory",
            "diskSize",
            "port",
            "sessionIdleTimeoutSeconds",
            "enableSessionIsolation",
            "disableSessionAffinity",
            "environmentVariables",
            "credentialName",
            "nasConfig",
            "ossMountConfig",
        ]
        body |= {key: agent[key] for key in same if key in agent}
        if "instanceConcurrency" in agent:
            body["sessionConcurrencyLimitPerInstance"] = agent["instanceConcurrency"]
        if "code" in agent:
            body |= {"artifactType": "Code", "codeConfiguration": self._code(agent["code"], folder)}
        else:
            container = {"command": [], **agent["customContainerConfig"]}
            body |= {"artifactType": "Container", "containerConfiguration": container}
        network = _network(agent.get("vpcConfig"), agent.get("internetAccess"))
        if network:
            body["networkConfiguration"] = network
        if "role" in agent:
            role = str(agent["role"])
            whole = f"acs:ram::{self.session.account_id}:role/{role}"
            body["executionRoleArn"] = role if role.startswith("acs:ram::") else whole
        if agent.get("logConfig"):
            body["logConfiguration"] = self._log(agent["logConfig"])
        if agent.get("armsConfiguration"):
            body["armsConfiguration"] = agent["armsConfiguration"]
        if agent.get("protocolConfiguration") is not None:
            body["protocolConfiguration"] = _protocol(agent["protocolConfiguration"])
        if agent.get("healthCheckConfiguration") is not None:
            body["healthCheckConfiguration"] = _health(agent["healthCheckConfiguration"])
        if agent.get("workspace"):
            body["workspaceId"] = self._workspace(agent["workspace"])
        return body

    def _code(self, code: dict[str, Any], folder: Path) -> dict[str, Any]:
        body = {"language": code["language"], "command": code.get("command", [])}
        if "checksum" in code:
            body["checksum"] = code["checksum"]
        if "src" not in code:
            pair = {key: code[key] for key in ("ossBucketName", "ossObjectName")}
            return {**body, **pair}
        bucket, key = upload_package(
            self.session.client, _zip(folder / code["src"]), self.session.account_id
        )
        return {**body, "ossBucketName": bucket, "ossObjectName": key}

    def _log(self, log: Any) -> dict[str, Any]:
        if log != "auto":
            return dict(log)
        # The calls of section 7.2; the names are the component's.
        ensure_logs(self.session, None, "logs", 60)
        region = self.session.settings.region
        project = f"aliyun-serverless-{self.session.account_id}-{region}"[:63]
        return {"project": project, "logstore": "default-logs"}

    def _workspace(self, workspace: dict[str, Any]) -> str:
        if "id" in workspace:
            return str(workspace["id"])
        query = {"name": workspace["name"]}
        found = self._call("ListWorkspaces", "GET", "/workspaces", query=query)["workspaces"]
        ids = [item["workspaceId"] for item in found if item["name"] == workspace["name"]]
        if ids:
            return str(ids[0])
        made = self._call("CreateWorkspace", "POST", "/workspaces", {"name": workspace["name"]})
        return str(made["workspaceId"])

    def _endpoint(self, path: str, endpoint: dict[str, Any]) -> None:
        target = str(endpoint.get("version", "LATEST"))
        body: dict[str, Any] = {
            "agentRuntimeEndpointName": endpoint["name"],
            "targetVersion": target,
        }
        if "description" in endpoint:
            body["description"] = endpoint["description"]
        if "weight" in endpoint:
            weights = [{"version": target, "weight": endpoint["weight"]}]
            body["routingConfiguration"] = {"versionWeights": weights}
        listed = self._call("ListAgentRuntimeEndpoints", "GET", f"{path}/endpoints")["items"]
        known = {item["agentRuntimeEndpointName"]: item for item in listed}
        if endpoint["name"] in known:
            own = known[endpoint["name"]]["agentRuntimeEndpointId"]
            self._call("UpdateAgentRuntimeEndpoint", "PUT", f"{path}/endpoints/{own}", body)
        else:
            self._call("CreateAgentRuntimeEndpoint", "POST", f"{path}/endpoints", body)
        self._until(
            lambda: all(
                item["status"] == "READY"
                for item in self._call("ListAgentRuntimeEndpoints", "GET", f"{path}/endpoints")[
                    "items"
                ]
            )
        )

    def _domain(self, runtime_id: str, domain: dict[str, Any]) -> None:
        route = {"functionName": f"agentrun-{runtime_id}", "qualifier": "LATEST"}
        body = {
            "domainName": domain["domainName"],
            "protocol": domain["protocol"],
            "routeConfig": {"routes": [{**route, **domain["route"]}]},
        }
        for name in ("certConfig", "tlsConfig", "authConfig", "wafConfig"):
            if name in domain:
                body[name] = domain[name]
        self.session.client.call_fcv3("CreateCustomDomain", "POST", "/custom-domains", body=body)

    def _output(self, name: str) -> dict[str, Any]:
        live = self._find(name)
        assert live is not None, "just deployed"
        path = f"{RUNTIMES}/{live['agentRuntimeId']}/endpoints"
        endpoints = self._call("ListAgentRuntimeEndpoints", "GET", path)["items"]
        return {
            "agent": {
                "id": live["agentRuntimeId"],
                "arn": live["agentRuntimeArn"],
                "name": name,
                "endpoints": [
                    {"name": e["agentRuntimeEndpointName"], "url": e["endpointPublicUrl"]}
                    for e in endpoints
                ],
            }
        }

    def _find(self, name: str) -> dict[str, Any] | None:
        query = {"agentRuntimeName": name, "searchMode": "exact", "pageNumber": "1"}
        items = self._call("ListAgentRuntimes", "GET", RUNTIMES, query=query)["items"]
        return next((item for item in items if item["agentRuntimeName"] == name), None)

    def _until(self, done: Callable[[], bool]) -> None:
        for _ in range(200):
            if done():
                return
            self.session.clock.sleep(0.05)
        raise AssertionError("it never got ready")

    def _call(
        self, operation: str, method: str, path: str, body: Any = None, query: Any = None
    ) -> dict[str, Any]:
        reply = self.session.client.call(operation, method, path, body=body, query=query)
        assert isinstance(reply, dict)
        return reply


def _parse(text: str) -> dict[str, Any]:
    """Parse YAML whose references stand where plain YAML allows no braces."""
    found: list[str] = []

    def hide(match: re.Match[str]) -> str:
        found.append(match[0])
        return f"REFERENCE{len(found) - 1}END"

    document = yaml.safe_load(_REFERENCE.sub(hide, text))

    def show(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: show(item) for key, item in value.items()}
        if isinstance(value, list):
            return [show(item) for item in value]
        if isinstance(value, str):
            return re.sub(r"REFERENCE(\d+)END", lambda match: found[int(match[1])], value)
        return value

    shown = show(document)
    assert isinstance(shown, dict)
    return shown


def _deep(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in over.items():
        both = isinstance(value, dict) and isinstance(merged.get(key), dict)
        merged[key] = _deep(merged[key], value) if both else value
    return merged


def _sorted_by_use(document: dict[str, Any]) -> list[str]:
    """Resources after those whose outputs they use."""
    rest = dict(document["resources"])
    done: list[str] = []
    while rest:
        for name, resource in rest.items():
            used = set(re.findall(r"\$\{resources\.([\w-]+)\.output", str(resource)))
            if used <= set(done):
                done.append(name)
                del rest[name]
                break
        else:
            raise AssertionError("the resources wait for each other")
    return done


def _network(vpc: dict[str, Any] | None, internet: bool | None) -> dict[str, Any] | None:
    if vpc:
        switches = vpc["vSwitchIds"]
        return {
            "networkMode": "PRIVATE" if internet is False else "PUBLIC_AND_PRIVATE",
            "vpcId": vpc["vpcId"],
            "vswitchIds": [switches] if isinstance(switches, str) else switches,
            "securityGroupId": vpc["securityGroupId"],
        }
    if internet is None:
        return None
    return {"networkMode": "PUBLIC" if internet else "PRIVATE"}


def _protocol(protocol: dict[str, Any]) -> dict[str, Any]:
    body: dict[str, Any] = {"type": protocol.get("type") or "HTTP"}
    if "protocolSettings" in protocol:
        body["protocolSettings"] = [
            {key: setting[key] for key in ("type", "name", "config") if key in setting}
            for setting in protocol["protocolSettings"]
        ]
    return body


def _health(check: dict[str, Any]) -> dict[str, Any]:
    defaults = {
        "httpGetUrl": "/health",
        "initialDelaySeconds": 30,
        "periodSeconds": 30,
        "timeoutSeconds": 3,
        "failureThreshold": 3,
        "successThreshold": 1,
    }
    return {key: check.get(key) or default for key, default in defaults.items()}


def _zip(folder: Path) -> bytes:
    """A package as `archiver` makes it: with the times of the files."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*"), reverse=True):
            archive.write(path, path.relative_to(folder).as_posix())
    return stream.getvalue()
