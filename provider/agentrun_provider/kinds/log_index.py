"""The index of an automatic logstore (reference 7.3)."""

from __future__ import annotations

from typing import Any

_TOKENS = list(", '\";=()[]{}?@&<>/:\n\t\r")

_WHOLE_NUMBERS = (
    "aggPeriodSeconds",
    "concurrentRequests",
    "rxBytes",
    "rxTotalBytes",
    "statusCode",
    "txBytes",
    "txTotalBytes",
)
_NUMBERS = (
    "cpuPercent",
    "cpuQuotaPercent",
    "durationMs",
    "memoryLimitMB",
    "memoryUsageMB",
    "memoryUsagePercent",
)
_TEXTS = (
    "errorType",
    "hasFunctionError",
    "hostname",
    "instanceID",
    "ipAddress",
    "isColdStart",
    "operation",
    "triggerType",
    "versionId",
)
_EXACT_TEXTS = ("functionName", "qualifier", "serviceName")


def _text(case_sensitive: bool) -> dict[str, Any]:
    return {
        "type": "text",
        "doc_value": True,
        "caseSensitive": case_sensitive,
        "chn": False,
        "token": _TOKENS,
    }


INDEX: dict[str, Any] = {
    "max_text_len": 2048,
    "ttl": 90,
    "log_reduce": False,
    "line": {"caseSensitive": False, "chn": False, "token": _TOKENS},
    "keys": {
        **{name: {"type": "long", "doc_value": True} for name in _WHOLE_NUMBERS},
        **{name: {"type": "double", "doc_value": True} for name in _NUMBERS},
        **{name: _text(case_sensitive=False) for name in _TEXTS},
        **{name: _text(case_sensitive=True) for name in _EXACT_TEXTS},
        "events": {
            "type": "json",
            "doc_value": True,
            "index_all": True,
            "max_depth": -1,
            "json_keys": {},
        },
    },
}
