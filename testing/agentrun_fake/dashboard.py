"""A page that shows what is in a fake cloud and what was called, at `/_fake/`.

The page is one file with no outside parts; it fetches `/_fake/overview` again and again.
"""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from importlib.resources import files
from itertools import islice
from typing import TYPE_CHECKING, Any

from .dataplane.traffic import shares
from .http import Response
from .services.dataplane import public_url

if TYPE_CHECKING:
    from .cloud import FakeCloud
    from .store import Record, Scope

MOST_RECORDS = 500
MOST_CALLS = 100


@cache
def page() -> Response:
    """The page. Browsers are told to run its own script and style, and nothing else."""
    text = (files(__package__) / "dashboard.html").read_text(encoding="utf-8")
    policy = "; ".join(
        (
            "default-src 'none'",
            "connect-src 'self'",
            f"script-src {_digest_of('script', text)}",
            f"style-src {_digest_of('style', text)}",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
        )
    )
    headers = (
        ("content-type", "text/html; charset=utf-8"),
        ("content-security-policy", policy),
        ("x-content-type-options", "nosniff"),
        ("cache-control", "no-store"),
    )
    return Response(200, text.encode(), headers)


def _digest_of(tag: str, text: str) -> str:
    """How a content security policy names an element's content."""
    match = re.search(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
    assert match, f"the page has one {tag} element"
    digest = hashlib.sha256(match[1].encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def overview(cloud: FakeCloud) -> dict[str, Any]:
    """What the page shows: no declared fields, as they may be secret."""
    cloud.lifecycle.settle()
    everything = list(cloud.store.everything())
    shown = everything[:MOST_RECORDS]
    counts = sorted(cloud.calls.counts.items(), key=lambda item: (-item[1], item[0]))
    return {
        "account": cloud.settings.account_id,
        "region": cloud.settings.region,
        "records": [_summary(scope, record) for scope, record in shown],
        "total": len(everything),
        "endpoints": [
            _endpoint(cloud, scope, record) for scope, record in shown if record.kind == "endpoint"
        ],
        "instances": _instances(cloud),
        "buckets": [
            {
                "name": bucket.name,
                "objects": len(bucket.objects),
                "bytes": sum(item.size for item in bucket.objects.values()),
            }
            for bucket in cloud.store.buckets.values()
        ],
        "faults": cloud.faults.report(),
        "counts": counts,
        "calls": [
            {
                "at": call.at,
                "operation": call.operation,
                "method": call.method,
                "path": call.path,
                "status": call.status,
                "code": call.code,
                "faults": call.faults,
            }
            for call in islice(reversed(list(cloud.calls)), MOST_CALLS)
        ],
    }


def _instances(cloud: FakeCloud) -> list[dict[str, Any]]:
    """What runs, without its output: that may tell secrets."""
    return [
        {
            "instanceId": item["instanceId"],
            "runtime": item["runtime"],
            "version": item["version"],
            "status": item["status"],
            "calls": item["calls"],
            "sessions": len(item["sessions"]),
            "port": item["port"],
        }
        for item in cloud.programs.report()
    ]


def _summary(scope: Scope, record: Record) -> dict[str, Any]:
    return {
        "account": scope.account_id,
        "region": scope.region,
        "kind": record.kind,
        "name": record.name,
        "id": record.id,
        "status": record.status,
        "reason": record.reason,
        "updated": record.updated_at,
    }


def _endpoint(cloud: FakeCloud, scope: Scope, record: Record) -> dict[str, Any]:
    owner = cloud.store.get(scope, "runtime", record.parent or "")
    runtime = owner.name if owner else ""
    split = shares(record.fields, cloud.unverified.weight_unit)
    return {
        **_summary(scope, record),
        "runtime": runtime,
        "url": public_url(cloud, scope, runtime, record.name),
        "traffic": [
            {"version": share.version, "percent": round(100 * share.part, 2)}
            for share in sorted(split, key=lambda share: -share.part)
            if share.part > 0
        ],
    }
