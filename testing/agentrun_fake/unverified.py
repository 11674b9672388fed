"""What no source shows clearly about the real service: each assumption once, switchable.

Every entry has its meaning and its evidence. Pass `Unverified(name=value)` to `FakeCloud`, or
`--assume name=value` to the command, to rehearse the other possibility. Numbers in brackets are
sections of the API reference.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, fields, replace
from typing import Any


def _assumed(default: Any, meaning: str, evidence: str) -> Any:
    return field(default=default, metadata={"meaning": meaning, "evidence": evidence})


@dataclass(frozen=True)
class Unverified:
    """The assumptions; see `catalogue` for the meaning and evidence of each."""

    # Bodies
    refuse_unknown_fields: bool = _assumed(
        True,
        "an unknown field in a body is a 400",
        "the models of the official SDK are closed; no reply to an unknown field was seen. Strict "
        "is the choice that finds mistakes",
    )
    merge: str = _assumed(
        "replace",
        "`replace`: a nested object in a PUT replaces the stored one; `deep`: it is merged into it",
        "PUT keeps top-level fields that are left out (2.6); nothing shows the depth",
    )
    empty_clears: bool = _assumed(
        True,
        "null, empty text, [] and {} in a PUT clear an optional field; otherwise they are ignored",
        "the SDK sends [] for unset lists of objects and cannot send null (1.7); unset settings "
        "are absent from replies (11.1)",
    )
    network_required: bool = _assumed(
        False,
        "create without `networkConfiguration` is a 400",
        "the SDK's text calls it required; the Serverless Devs component can leave it out (8.1)",
    )
    languages: tuple[str, ...] = _assumed(
        (
            "python3.10", "python3.12", "nodejs18", "nodejs20", "java8", "java11", "java17",
            "custom",
        ),
        "accepted values of `codeConfiguration.language`",
        "the first six in all clients, `java17` on live records, `custom` in two clients (6.6)",
    )  # fmt: skip
    cpu_step: float | None = _assumed(
        None,
        "step of `cpu` in cores; None for any value in the range",
        "Function Compute asks for steps of 0.05; not shown for AgentRun (2.4)",
    )
    memory_step: int | None = _assumed(
        None,
        "step of `memory` in MB; None for any value in the range",
        "Function Compute asks for steps of 64; not shown for AgentRun (2.4)",
    )
    # Runtimes
    session_concurrency_default: int | None = _assumed(
        1,
        "value of `sessionConcurrencyLimitPerInstance` when create leaves it out",
        "the only service default that tests against the real service show (11)",
    )
    rename_on_put: str = _assumed(
        "ignore",
        "another name in a PUT: `ignore` it, `refuse` it with a 400, or `rename`",
        "the update model has the field; the component never sends it (14, question 1)",
    )
    artifact_switch: str = _assumed(
        "ignore",
        "another `artifactType` in a PUT: `ignore`, `refuse` or `switch`",
        "a containerConfiguration sent to a Code runtime was stored and the type stayed (11)",
    )
    workspace_moves: bool = _assumed(
        True,
        "a PUT may move a runtime to another workspace, an empty one to the default; otherwise the "
        "field is ignored",
        "the update model has the field; the high-level SDK treats it as fixed (11)",
    )
    name_scope: str = _assumed(
        "account",
        "a runtime's name is unique per `account` and region, or per `workspace`",
        "the public URL is built from the name alone (4.3); the clients differ (14, question 11)",
    )
    busy_status: int = _assumed(
        409,
        "status of a PUT to a runtime that is not at rest; 0 accepts it",
        "no source; 400 is what endpoints answer then (4.3), 409 is what the words ask for",
    )
    bad_code: str = _assumed(
        "refuse",
        "missing package or wrong checksum: `refuse` with a 400, or `fail` into CREATE_FAILED",
        "Function Compute, which holds the code, answers 400 at once; AgentRun's answer is not "
        "shown, and its create is asynchronous",
    )
    code_must_be_zip: bool = _assumed(
        True,
        "a package that is no zip archive is treated as `bad_code`",
        "Function Compute unpacks it; the component sends zip and jar files only (6.3)",
    )
    latest_name: str = _assumed(
        "LATEST",
        "`agentRuntimeVersion` of the draft",
        "the clients say LATEST for it; the text in a reply is not shown (2.2)",
    )
    returns_zip: bool = _assumed(
        False,
        "replies repeat `codeConfiguration.zipFile`",
        "not shown (14, question 9)",
    )
    returns_passwords: bool = _assumed(
        False,
        "replies repeat `registryConfig.authConfig.password`, `providerSettings.apiKey` of a model "
        "service and `certConfig.privateKey` of a custom domain",
        "not shown (14, question 9)",
    )
    delete_with_endpoints: str = _assumed(
        "refuse",
        "deleting a runtime that still has endpoints: `refuse` with a 400, or `cascade`. Endpoints "
        "that are being deleted never stand in the way",
        "all clients delete the endpoints first, and the component does not wait in between (2.6)",
    )
    failed_can_update: bool = _assumed(
        True,
        "a runtime in CREATE_FAILED or UPDATE_FAILED takes a PUT",
        "not shown; Function Compute lets a failed function be updated",
    )
    concurrency_dies_with_runtime: bool = _assumed(
        True,
        "the reserved concurrency of a runtime vanishes with it",
        "it belongs to the runtime's function (5.1); not shown (14, question 15)",
    )
    function_code: bool = _assumed(
        True,
        "GetFunctionCode of Function Compute tells where the package of a runtime's function is, "
        "as it was sent; otherwise it is a 403",
        "the operation is in the official SDK, and the component calls others for these functions "
        "(5); whether this one answers for functions that AgentRun manages is not shown",
    )
    # Versions
    publish_unchanged: str = _assumed(
        "new",
        "publishing without a change since the last version: a `new` number, the `same` one, or "
        "`refuse` with a 400",
        "not shown (14, question 6)",
    )
    publish_needs_ready: bool = _assumed(
        True,
        "publishing is a 400 unless the runtime is READY",
        "so are endpoint writes (4.3); not shown for versions",
    )
    list_holds_latest: bool = _assumed(
        True,
        "the version list begins with an entry LATEST",
        "samples in the component's documentation and on a vendor page (3)",
    )
    # Endpoints
    default_endpoint: bool = _assumed(
        False,
        "create of a runtime makes an endpoint named Default",
        "the high-level SDK looks for one that the console makes (4.3)",
    )
    weight_unit: float = _assumed(
        1.0,
        "weight that stands for all traffic: 1.0, or 100.0",
        "the model says 0.0-1.0; the `ar` tool sends percents through the same field (4.4)",
    )
    max_canaries: int | None = _assumed(
        None,
        "most entries of `versionWeights`; None for any number",
        "aliases of Function Compute allow one (4.4)",
    )
    url_while_creating: bool = _assumed(
        True,
        "`endpointPublicUrl` is there while the endpoint is still CREATING",
        "sample output of `s deploy` (11.1)",
    )
    # Calls of endpoints
    guard_calls: bool = _assumed(
        True,
        "calls to a runtime with `credentialName` must carry that credential",
        "the field's own text (2.2); public examples send `Authorization: Bearer` to agents that "
        "have a credential. Status, code and the other kinds of credential are not shown",
    )
    signature_passes_guard: bool = _assumed(
        True,
        "a call that is signed with an access key of the account needs no credential",
        "`agentrun-sdk` signs its calls and sends no credential with them (4.3); how the two go "
        "together is not shown",
    )
    action_of_calls: str = _assumed(
        "InvokeRuntime",
        "what a key must be allowed, after `agentrun:`, to sign calls of endpoints",
        "the vendor's sample policy for RAM users names it; no refusal was seen",
    )
    session_header: str = _assumed(
        "x-agentrun-session-id",
        "header that names a call's session when `sessionAffinityType` is not set",
        "public examples send it to agents of the real service; it is in no reference",
    )
    session_cookie: str = _assumed(
        "x-agentrun-session-id",
        "cookie that names a call's session under GENERATED_COOKIE",
        "Function Compute has such a cookie (2.2); its name is not shown",
    )
    private_data_host: str = _assumed(
        "agentrun-data-vpc",
        "label of the data plane's host inside a VPC, `{account}.<label>.{region}.aliyuncs.com`; "
        "only calls of that host pass `disablePublicNetworkAccess`, others get a 403",
        "the control plane has `agentrun` and `agentrun-vpc` (1.1), the data plane's private host "
        "is not shown, nor how the refusal looks",
    )
    code_of_busy: str = _assumed(
        "ERR_TOO_MANY_REQUESTS",
        "code of the 429 when all instances are busy; under `disableOndemand`, all that are kept",
        "not shown; the data plane's other codes have this form (1.6)",
    )
    # Other kinds
    credential_counts_as_text: bool = _assumed(
        True,
        "`pageNumber`, `pageSize` and `total` of a list of credentials are text",
        "the response model has them as text (1.2), unlike those of other lists; no reply was seen",
    )
    model_services_need_type: bool = _assumed(
        True,
        "listing model services without `modelType` is a 400",
        "the request model calls it required (10.3); no refusal was seen",
    )
    model_proxy_path: str = _assumed(
        "/model-proxies/{name}",
        "path of a model proxy's `endpoint` on the data plane's host",
        "not shown; the high-level SDK only appends `/v1` to what it reads",
    )
    model_proxy_function: str = _assumed(
        "agentrun-{id}",
        "`functionName` of a model proxy",
        "the function of a runtime has this form (5); not shown for proxies",
    )
    template_version: str = _assumed(
        "LATEST",
        "`templateVersion` of a template",
        "the model has the field; no source shows a value",
    )
    # Lists and requests
    search_default: str = _assumed(
        "partial",
        "how a list's name filter matches without `searchMode=exact`",
        "the component sends `exact` and still compares again (2.1)",
    )
    max_page_size: int = _assumed(
        100,
        "largest page that may be asked for",
        "the component asks for 100 (1.2)",
    )
    check_action: bool = _assumed(
        True,
        "a signed request whose `x-acs-action` is not the operation of its path is refused",
        "all clients send it (1.4); the real gateway may not look at it",
    )
    code_of_not_found: str = _assumed(
        "ERR_NOT_FOUND", "code of a 404", "only the message's `does not exist` is shown (1.6)"
    )
    code_of_exists: str = _assumed(
        "ERR_ALREADY_EXISTS", "code of a duplicate", "only the message is shown (1.6)"
    )
    status_of_exists: int = _assumed(409, "status of a duplicate", "400 or 409 (1.6)")
    code_of_conflict: str = _assumed(
        "ERR_CONFLICT", "code of a write in the wrong state", "not shown"
    )
    code_of_denied: str = _assumed(
        "AccessDenied",
        "code of the control plane's 403 for a missing permission",
        "the `ar` tool looks for Forbidden, AccessDenied and NoPermission (1.6)",
    )
    code_of_throttling: str = _assumed(
        "Throttling.User", "code of throttling", "the vendor's gateways use it; not shown here"
    )

    def changed(self, **values: Any) -> Unverified:
        """A copy with other assumptions.

        Raises:
            ValueError: There is no such assumption, or the value has another type.
        """
        known = {item.name: item for item in fields(self)}
        for name, value in values.items():
            if name not in known:
                raise ValueError(f"there is no assumption {name!r}; known: {', '.join(known)}")
            if not _fits(value, known[name].default):
                raise ValueError(f"{name} can't be {value!r}: it is {known[name].default!r} now")
        return replace(self, **values)


def _fits(value: Any, default: Any) -> bool:
    if value is None or default is None:
        return not isinstance(value, (str, bool, list, dict))
    if isinstance(default, bool) or isinstance(value, bool):
        return isinstance(default, bool) and isinstance(value, bool)
    if isinstance(default, (int, float)):
        return isinstance(value, (int, float))
    return isinstance(value, type(default))


def parse_assumption(text: str) -> tuple[str, Any]:
    """Read `name=value`, the value as JSON or else as text."""
    name, _, value = text.partition("=")
    try:
        return name.strip(), json.loads(value)
    except ValueError:
        return name.strip(), value


def catalogue(assumptions: Unverified) -> list[dict[str, Any]]:
    """All assumptions with value, meaning and evidence, for people."""
    return [
        {"name": item.name, "value": getattr(assumptions, item.name), **item.metadata}
        for item in fields(assumptions)
    ]
