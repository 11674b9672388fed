"""Read the objects of an `agent` block into arguments of the SDK (sections 8 and 9.1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from .failures import Place
from .reading import Node
from .references import EnvRef
from .scalars import Read, Report, flag, listing, number, origin, text, variable
from .values import Late, Plain, Record, Value

LANGUAGES = ("python3.10", "python3.12", "nodejs18", "nodejs20", "java8", "java11", "java17")
NAME = r"^[a-zA-Z][a-zA-Z0-9_-]{0,127}$"
SHORT_NAME = r"^[a-zA-Z][a-zA-Z0-9_-]{0,63}$"
ROLE = r"^(acs:ram::[0-9]+:role/)?[a-zA-Z][a-zA-Z0-9_/-]{0,127}$"

_anything = text()


@dataclass(frozen=True)
class Shape:
    """How an object is read.

    Attributes:
        type: Its class in the SDK.
        fields: Key in the file -> argument and how it is read.
        required: Keys that must be there.
        closed: Whether the component's schema refuses other keys; else it ignores them.
    """

    type: str
    fields: Mapping[str, tuple[str, Read]]
    required: tuple[str, ...] = ()
    closed: bool = False

    def __call__(self, node: Node, path: str, report: Report) -> Value | None:
        """Read an object."""
        if not node.is_mapping:
            report.faults.add(node.place, f"{path} must be a mapping")
            return None
        for key in self.required:
            if node.get(key) is None:
                report.faults.add(node.place, f"{path}.{key} is missing")
        found: dict[str, Value] = {}
        for key, item in node.items():
            if key not in self.fields:
                self._other(key, item, path, report)
                continue
            argument, read = self.fields[key]
            value = read(item, f"{path}.{key}", report)
            if value is not None:
                found[argument] = value
        return Record(self.type, found, origin(node, path))

    def _other(self, key: str, node: Node, path: str, report: Report) -> None:
        if self.closed:
            allowed = ", ".join(self.fields)
            report.faults.add(
                node.place, f"{path} can't have {key!r}: the component allows {allowed} only"
            )
            return
        ignored(f"{path}.{key}", node.place, report)


def ignored(path: str, place: Place, report: Report) -> None:
    """Note a key that the component takes and does nothing with."""
    report.trap(place, f"`{path}` is a key that the component ignores: it has no effect")
    report.drop(path, place, "the component ignores it")


CONTAINER_NETWORK = Shape(
    "RegistryNetworkArgs",
    {
        "vpcId": ("vpc_id", _anything),
        "vSwitchId": ("vswitch_id", _anything),
        "securityGroupId": ("security_group_id", _anything),
    },
)
REGISTRY = Shape(
    "RegistryArgs",
    {
        "authConfig": (
            "auth",
            Shape(
                "RegistryAuthArgs",
                {
                    "userName": ("user_name", _anything),
                    "password": ("password", text(secret=True)),
                },
                ("userName", "password"),
            ),
        ),
        "certConfig": (
            "cert",
            Shape(
                "RegistryCertArgs",
                {
                    "insecure": ("insecure", flag),
                    "rootCaCertBase64": ("root_ca_cert_base64", _anything),
                },
            ),
        ),
        "networkConfig": ("network", CONTAINER_NETWORK),
    },
)
CONTAINER = Shape(
    "ContainerArgs",
    {
        "image": ("image", _anything),
        "command": ("command", listing(_anything)),
        "port": ("port", number(1, 65535)),
        "imageRegistryType": ("image_registry_type", text(choices=("ACR", "ACREE", "CUSTOM"))),
        "acrInstanceId": ("acr_instance_id", _anything),
        "registryConfig": ("registry", REGISTRY),
    },
    ("image",),
)
CODE = Shape(
    "CodeArgs",
    {
        "src": ("src", _anything),
        "language": ("language", text(choices=LANGUAGES)),
        "command": ("command", listing(_anything)),
        "ossBucketName": ("oss_bucket_name", _anything),
        "ossObjectName": ("oss_object_name", _anything),
        "checksum": ("checksum", text(r"^[0-9]{1,20}$", lenient=True)),
    },
    ("language",),
)
VPC = Shape(
    "VpcArgs",
    {
        "vpcId": ("vpc_id", text(r"^vpc-[a-z0-9]+$")),
        "vSwitchIds": (
            "vswitch_ids",
            listing(text(r"^vsw-[a-z0-9]+$"), least=1, single=True),
        ),
        "securityGroupId": ("security_group_id", text(r"^sg-[a-z0-9]+$")),
    },
    ("vpcId", "vSwitchIds", "securityGroupId"),
)
NAS = Shape(
    "NasArgs",
    {
        "mountPoints": (
            "mount_points",
            listing(
                Shape(
                    "NasMountArgs",
                    {
                        "serverAddr": ("server_addr", _anything),
                        "mountDir": ("mount_dir", _anything),
                        "enableTLS": ("enable_tls", flag),
                    },
                    ("serverAddr", "mountDir"),
                    closed=True,
                ),
                least=1,
            ),
        ),
        "userId": ("user_id", number(-1, 2**31)),
        "groupId": ("group_id", number(-1, 2**31)),
    },
    ("mountPoints",),
    closed=True,
)
OSS_MOUNT = Shape(
    "OssMountArgs",
    {
        "mountPoints": (
            "mount_points",
            listing(
                Shape(
                    "OssMountPointArgs",
                    {
                        "bucketName": ("bucket_name", _anything),
                        "mountDir": ("mount_dir", _anything),
                        "bucketPath": ("bucket_path", _anything),
                        "endpoint": ("endpoint", _anything),
                        "readOnly": ("read_only", flag),
                    },
                    ("bucketName", "mountDir"),
                    closed=True,
                ),
                least=1,
            ),
        ),
    },
    ("mountPoints",),
    closed=True,
)
LOG = Shape(
    "LogArgs",
    {"project": ("project", _anything), "logstore": ("logstore", _anything)},
    ("project", "logstore"),
    closed=True,
)
ARMS = Shape(
    "ArmsArgs",
    {
        "enableArms": ("enable", flag),
        "armsLicenseKey": ("license_key", text(secret=True)),
        "cmsWorkspace": ("cms_workspace", _anything),
    },
)
PROTOCOL = Shape(
    "ProtocolArgs",
    {
        "type": ("type", text(choices=("HTTP", "HTTPS"))),
        "protocolSettings": (
            "settings",
            listing(
                Shape(
                    "ProtocolSettingArgs",
                    {
                        "type": ("type", _anything),
                        "name": ("name", _anything),
                        "config": ("config", _anything),
                    },
                    ("type",),
                )
            ),
        ),
    },
)
_METHODS = ("GET", "POST", "PUT", "DELETE", "HEAD", "PATCH", "OPTIONS")
_TLS = ("TLSv1.0", "TLSv1.1", "TLSv1.2", "TLSv1.3")
DOMAIN = Shape(
    "CustomDomainArgs",
    {
        "domainName": ("domain_name", _anything),
        "protocol": ("protocol", text(choices=("HTTP", "HTTPS", "HTTP,HTTPS"))),
        "route": (
            "route",
            Shape(
                "DomainRouteArgs",
                {
                    "path": ("path", _anything),
                    "methods": ("methods", listing(text(choices=_METHODS))),
                    "qualifier": ("qualifier", text(lenient=True)),
                },
            ),
        ),
        "certConfig": (
            "cert_config",
            Shape(
                "DomainCertArgs",
                {
                    "certName": ("cert_name", _anything),
                    "certificate": ("certificate", _anything),
                    "privateKey": ("private_key", text(secret=True)),
                },
                ("certName", "certificate", "privateKey"),
            ),
        ),
        "tlsConfig": (
            "tls_config",
            Shape(
                "DomainTlsArgs",
                {
                    "minVersion": ("min_version", text(choices=_TLS)),
                    "maxVersion": ("max_version", text(choices=_TLS)),
                    "cipherSuites": ("cipher_suites", listing(_anything)),
                },
            ),
        ),
        "authConfig": (
            "auth_config",
            Shape(
                "DomainAuthArgs",
                {
                    "authType": ("auth_type", text(choices=("anonymous", "function", "jwt"))),
                    "authInfo": ("auth_info", text(secret=True)),
                },
            ),
        ),
        "wafConfig": ("waf_config", Shape("DomainWafArgs", {"enableWAF": ("enable", flag)})),
    },
    ("domainName",),
)

# What the component puts in place of values that are missing or zero (section 8.3).
_HEALTH: dict[str, tuple[str, Read, str | int]] = {
    "httpGetUrl": ("http_get_url", text(r"^/"), "/health"),
    "initialDelaySeconds": ("initial_delay_seconds", number(0, 300), 30),
    "periodSeconds": ("period_seconds", number(1, 300), 30),
    "timeoutSeconds": ("timeout_seconds", number(1, 60), 3),
    "failureThreshold": ("failure_threshold", number(1, 10), 3),
    "successThreshold": ("success_threshold", number(1, 10), 1),
}
_HEALTH_SHAPE = Shape(
    "HealthCheckArgs",
    {key: (argument, read) for key, (argument, read, _) in _HEALTH.items()},
    closed=True,
)


_role = text(ROLE, hint="it must be the name of a role, or its ARN")


def role(node: Node, path: str, report: Report) -> Value | None:
    """Read a role; one of the account that is deployed to is told by its name alone."""
    found = _role(node, path, report)
    if isinstance(found, Late) and len(found.parts) == 3:
        before, account, name = found.parts
        mine = isinstance(account, EnvRef) and account.source == "account"
        if mine and before == "acs:ram::" and str(name).startswith(":role/"):
            return Plain(str(name).removeprefix(":role/"), False, found.origin)
    return found


def health_check(node: Node, path: str, report: Report) -> Value | None:
    """Read a health check, with the values that the component fills in."""
    found = _HEALTH_SHAPE(node, path, report)
    if not isinstance(found, Record):
        return found
    whole: dict[str, Value] = {}
    for key, (argument, _, default) in _HEALTH.items():
        value = found.fields.get(argument)
        given = node.get(key)
        if isinstance(value, Plain) and not value.value and given is not None:
            report.trap(
                given.place,
                f"`{path}.{key}` is 0, which the component replaces by {default}; the program says "
                f"{default}, as what is deployed",
            )
            value = None
        whole[argument] = value or Plain(default, False, origin(given or node, f"{path}.{key}"))
    return Record("HealthCheckArgs", whole, found.origin)


def log(node: Node, path: str, report: Report) -> Value | None:
    """Read where logs go: `auto`, or project and logstore."""
    if node.value == "auto":
        yes = Plain(True, False, origin(node, path))
        return Record("LogArgs", {"auto": yes}, origin(node, path))
    if not node.is_mapping:
        report.faults.add(node.place, f"{path} must be auto, or a project and a logstore")
        return None
    return LOG(node, path, report)


def environment(node: Node, path: str, report: Report) -> Value | None:
    """Read the agent's environment."""
    if not node.is_mapping:
        report.faults.add(node.place, f"{path} must be a mapping")
        return None
    found: dict[str, Value] = {}
    for name, item in node.items():
        value = variable(name)(item, f"{path}.{name}", report)
        if value is not None:
            found[name] = value
    return Record("", found, origin(node, path))


def protocol(node: Node, path: str, report: Report) -> Value | None:
    """Read the protocols; the component's default type is HTTP."""
    found = PROTOCOL(node, path, report)
    if not isinstance(found, Record):
        return found
    kind = found.fields.get("type") or Plain("HTTP", False, origin(node, f"{path}.type"))
    rest = {name: value for name, value in found.fields.items() if name != "type"}
    return Record(found.type, {"type": kind, **rest}, found.origin)


def arms(node: Node, path: str, report: Report) -> Value | None:
    """Read tracing; an empty object means nothing, a missing key is fetched by the component."""
    if node.is_mapping and not node.value:
        report.drop(path, node.place, "it is empty, which the component ignores")
        return None
    found = ARMS(node, path, report)
    if isinstance(found, Record) and "license_key" not in found.fields:
        report.trap(
            node.place,
            f"`{path}` has no armsLicenseKey: the component asks ARMS for it, the provider does "
            "not. Set `license_key` in the program from a secret of the configuration",
        )
    return found
