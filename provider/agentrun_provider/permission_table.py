"""Which RAM actions each kind of resource and each command needs: one row for each.

RAM names an action `<product>:<operation>`, mostly after the API operation; the exceptions are in
`ACTION_OF`. What only reads covers refreshing, drift checks and previews that adopt; deploying and
removing need the rest too. Evidence for actions and resource names: section 12.1 of the reference
and the vendor's pages on RAM authorization of each product. How finely AgentRun checks what is
below a runtime is not documented, so a scoped statement names the runtime and all below it.

Three things need no statement: `sts:GetCallerIdentity`, which every identity may call, the upload
of a package, which is done with keys that the service lends for that one object, and the look into
a deployed package, at an address that is signed already.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

# API operation -> RAM action, where the names differ.
ACTION_OF: Final[Mapping[str, str]] = {
    "GetLogs": "log:GetLogStoreLogs",
    "GetLogsV2": "log:GetLogStoreLogs",
}


@dataclass(frozen=True)
class Action:
    """One RAM action that something needs.

    Attributes:
        name: The action, e.g. `agentrun:GetAgentRuntime`.
        on: What it is done to, a key of `RESOURCES`.
        writes: Whether only deploying and removing need it.
        only_for: Feature that it is needed for; empty if it is always needed.
    """

    name: str
    on: str
    writes: bool = False
    only_for: str = ""


# What actions are done to -> how RAM names it.
RESOURCES: Final[Mapping[str, tuple[str, ...]]] = {
    "runtime": (
        "acs:agentrun:{region}:{account_id}:workspaces/{workspace}/runtimes/{runtime}",
        "acs:agentrun:{region}:{account_id}:workspaces/{workspace}/runtimes/{runtime}/*",
    ),
    # A list shows all that there is, so it can't be limited to one name.
    "runtimes": ("acs:agentrun:{region}:{account_id}:workspaces/{workspace}/runtimes/*",),
    "workspace": ("acs:agentrun:{region}:{account_id}:workspaces/*",),
    "function": ("acs:fc:{region}:{account_id}:functions/agentrun-*",),
    "domain": ("acs:fc:{region}:{account_id}:custom-domains/{domain}",),
    "bucket": ("acs:fc:{region}:{account_id}:*",),
    "project": ("acs:log:{region}:{account_id}:project/{log_project}",),
    "logstore": ("acs:log:{region}:{account_id}:project/{log_project}/logstore/*",),
    "role": ("acs:ram:*:{account_id}:role/{role}",),
}

LARGE_CODE = "code above the inline limit"
WORKSPACE = "a workspace by name or id"
AUTO_LOG = "logs made automatically"
OWN_LOG = "removing logs that were made automatically"
ROLE = "an execution role"
FORCE = "removal by force"
COMPARE = "comparing with what a stack declares"
ADOPT_CODE = "adopting a runtime with local code"

_READ_RUNTIME = (Action("agentrun:GetAgentRuntime", "runtime"),)
_FIND_RUNTIME = (*_READ_RUNTIME, Action("agentrun:ListAgentRuntimes", "runtimes"))
_LIST_ENDPOINTS = Action("agentrun:ListAgentRuntimeEndpoints", "runtime")
_LIST_VERSIONS = Action("agentrun:ListAgentRuntimeVersions", "runtime")
_UPDATE_RUNTIME = Action("agentrun:UpdateAgentRuntime", "runtime", writes=True)
_MAKE_LOGS = (
    Action("log:GetProject", "project", writes=True, only_for=AUTO_LOG),
    Action("log:CreateProject", "project", writes=True, only_for=AUTO_LOG),
    Action("log:GetLogStore", "logstore", writes=True, only_for=AUTO_LOG),
    Action("log:CreateLogStore", "logstore", writes=True, only_for=AUTO_LOG),
    Action("log:GetIndex", "logstore", writes=True, only_for=AUTO_LOG),
    Action("log:CreateIndex", "logstore", writes=True, only_for=AUTO_LOG),
)
_REMOVE_LOGS = (
    Action("log:ListLogStores", "logstore", writes=True, only_for=OWN_LOG),
    Action("log:DeleteLogStore", "logstore", writes=True, only_for=OWN_LOG),
    Action("log:DeleteProject", "project", writes=True, only_for=OWN_LOG),
)

KIND_ACTIONS: Final[Mapping[str, tuple[Action, ...]]] = {
    "Runtime": (
        *_FIND_RUNTIME,
        Action("agentrun:CreateAgentRuntime", "runtime", writes=True),
        _UPDATE_RUNTIME,
        Action("agentrun:DeleteAgentRuntime", "runtime", writes=True),
        Action("agentrun:ListAgentRuntimeEndpoints", "runtime", writes=True, only_for=FORCE),
        Action("agentrun:DeleteAgentRuntimeEndpoint", "runtime", writes=True, only_for=FORCE),
        Action("agentrun:ListWorkspaces", "workspace", only_for=WORKSPACE),
        Action("agentrun:GetWorkspace", "workspace", only_for=WORKSPACE),
        Action("fc:GetTempBucketToken", "bucket", writes=True, only_for=LARGE_CODE),
        # Without it an adoption can't tell whether the deployed code is the local one, and says so.
        Action("fc:GetFunctionCode", "function", only_for=ADOPT_CODE),
        Action("ram:PassRole", "role", writes=True, only_for=ROLE),
        *_MAKE_LOGS,
    ),
    "RuntimeVersion": (
        *_READ_RUNTIME,
        _LIST_VERSIONS,
        Action("agentrun:PublishRuntimeVersion", "runtime", writes=True),
    ),
    "RuntimeEndpoint": (
        *_READ_RUNTIME,
        _LIST_ENDPOINTS,
        Action("agentrun:GetAgentRuntimeEndpoint", "runtime"),
        Action("agentrun:CreateAgentRuntimeEndpoint", "runtime", writes=True),
        Action("agentrun:UpdateAgentRuntimeEndpoint", "runtime", writes=True),
        Action("agentrun:DeleteAgentRuntimeEndpoint", "runtime", writes=True),
    ),
    "RuntimeConcurrency": (
        Action("fc:GetConcurrencyConfig", "function"),
        Action("fc:PutConcurrencyConfig", "function", writes=True),
        Action("fc:DeleteConcurrencyConfig", "function", writes=True),
    ),
    "RuntimeVpcConfig": (*_READ_RUNTIME, _UPDATE_RUNTIME),
    "RuntimeLogConfig": (
        *_READ_RUNTIME,
        _UPDATE_RUNTIME,
        *_MAKE_LOGS,
        Action("agentrun:ListAgentRuntimes", "runtimes", writes=True, only_for=OWN_LOG),
        *_REMOVE_LOGS,
    ),
    "RuntimeCustomDomain": (
        Action("fc:GetCustomDomain", "domain"),
        Action("fc:CreateCustomDomain", "domain", writes=True),
        Action("fc:UpdateCustomDomain", "domain", writes=True),
        Action("fc:DeleteCustomDomain", "domain", writes=True),
    ),
}

# Components, and the kinds that they are made of.
COMPONENTS: Final[Mapping[str, tuple[str, ...]]] = {
    "Agent": (
        "Runtime",
        "RuntimeVersion",
        "RuntimeEndpoint",
        "RuntimeConcurrency",
        "RuntimeCustomDomain",
    ),
}

_READ_LOGS = Action("log:GetLogStoreLogs", "logstore")

COMMAND_ACTIONS: Final[Mapping[str, tuple[Action, ...]]] = {
    "info": (
        *_FIND_RUNTIME,
        _LIST_ENDPOINTS,
        Action("agentrun:GetAgentRuntimeEndpoint", "runtime", only_for=COMPARE),
        Action("agentrun:ListAgentRuntimeVersions", "runtime", only_for=COMPARE),
        Action("fc:GetConcurrencyConfig", "function", only_for=COMPARE),
        Action("fc:GetCustomDomain", "domain", only_for=COMPARE),
    ),
    "versions": (*_FIND_RUNTIME, _LIST_VERSIONS, _LIST_ENDPOINTS),
    "endpoints": (*_FIND_RUNTIME, _LIST_ENDPOINTS),
    "concurrency": (
        *_FIND_RUNTIME,
        *KIND_ACTIONS["RuntimeConcurrency"],
    ),
    "logs": (*_FIND_RUNTIME, _READ_LOGS),
    "instances": (
        *_FIND_RUNTIME,
        Action("fc:ListInstances", "function"),
        Action("fc:InstanceExec", "function", writes=True),
    ),
    "invoke": (*_FIND_RUNTIME, _LIST_ENDPOINTS),
    "doctor": (
        *_FIND_RUNTIME,
        _LIST_ENDPOINTS,
        _LIST_VERSIONS,
        Action("fc:GetConcurrencyConfig", "function"),
        Action("fc:ListInstances", "function"),
        Action("ram:GetRole", "role"),
        Action("log:GetProject", "project"),
        Action("log:GetLogStore", "logstore"),
        Action("log:GetIndex", "logstore"),
    ),
}

FEATURES: Final = (
    LARGE_CODE,
    WORKSPACE,
    AUTO_LOG,
    OWN_LOG,
    ROLE,
    FORCE,
    COMPARE,
    ADOPT_CODE,
)
