"""Addresses of the data plane that replies of the control plane name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..store import Scope

if TYPE_CHECKING:
    from ..cloud import FakeCloud

PLACE = "_at"
"""Begins a path that names account and region, before the path of the real service."""


def data_plane_url(cloud: FakeCloud, scope: Scope) -> str:
    """Where the data plane is, without a slash at the end: the fake's own address if it has one,
    else the real host (section 4.3). An address names neither account nor region, so the path does
    for all but the first ones."""
    if cloud.base_url is not None:
        place = "" if scope == cloud.home else f"/{PLACE}/{scope.account_id}/{scope.region}"
        return cloud.base_url + place
    return f"https://{scope.account_id}.agentrun-data.{scope.region}.aliyuncs.com"
