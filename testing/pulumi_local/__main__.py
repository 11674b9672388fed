"""Runs the engine's command as ``python -m pulumi_local``."""

from pulumi_local.cli import local_group

local_group(prog_name="python -m pulumi_local")
