"""The services of the fake cloud, each a module or folder; `ALL` is the order they are asked in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .control import ControlPlane
from .dataplane import DataPlane
from .domain_traffic import DomainTraffic
from .fc import FunctionCompute2016
from .fc3 import FunctionCompute3
from .oss import ObjectStorage
from .ram import AccessManagement
from .sls import LogService
from .sts import TokenService

if TYPE_CHECKING:
    from ..service import Service

ALL: tuple[Service, ...] = (
    # Told by the host: the paths of a custom domain may look like those of any service.
    DomainTraffic(),
    ControlPlane(),
    FunctionCompute2016(),
    FunctionCompute3(),
    TokenService(),
    AccessManagement(),
    LogService(),
    DataPlane(),
    ObjectStorage(),
)
PUBLIC = frozenset((DataPlane.name, DomainTraffic.name))
"""Names of the services that are there for everybody's web pages, as deployed agents are."""
