"""Addresses of the data plane that replies of the control plane name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..store import Scope

if TYPE_CHECKING:
    from ..cloud import FakeCloud


def data_plane_url(cloud: FakeCloud, scope: Scope) -> str:
    """Where the data plane is, without a slash at the end: the fake's own address if it has one,
    else the real host (section 4.3)."""
    if cloud.base_url is not None:
        return cloud.base_url
    return f"https://{scope.account_id}.agentrun-data.{scope.region}.aliyuncs.com"
