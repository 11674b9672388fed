"""The services of the fake cloud, each a module or folder; `ALL` is the order they are asked in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .control import ControlPlane
from .dataplane import DataPlane
from .fc import FunctionCompute2016
from .fc3 import FunctionCompute3
from .oss import ObjectStorage
from .ram import AccessManagement
from .sls import LogService
from .sts import TokenService

if TYPE_CHECKING:
    from ..service import Service

ALL: tuple[Service, ...] = (
    ControlPlane(),
    FunctionCompute2016(),
    FunctionCompute3(),
    TokenService(),
    AccessManagement(),
    LogService(),
    DataPlane(),
    ObjectStorage(),
)
