"""The command `pulumi-agentrun` and its subcommands, each loaded only when it is used."""

from __future__ import annotations

import sys
from importlib import import_module

import click

from .. import __version__
from .unknown_commands import advice

# Subcommand -> module and attribute of the click command.
_COMMANDS = {
    "build": ("agentrun_provider.cli.build", "build_command"),
    "concurrency": ("agentrun_provider.cli.concurrency", "concurrency_command"),
    "convert": ("agentrun_provider.cli.convert", "convert_command"),
    "doctor": ("agentrun_provider.cli.doctor", "doctor_command"),
    "endpoints": ("agentrun_provider.cli.endpoints", "endpoints_command"),
    "info": ("agentrun_provider.cli.info", "info_command"),
    "instances": ("agentrun_provider.cli.instances", "instances_group"),
    "invoke": ("agentrun_provider.cli.invoke", "invoke_command"),
    "logs": ("agentrun_provider.cli.logs", "logs_command"),
    "plan-comment": ("agentrun_provider.cli.plan_comment", "plan_comment_command"),
    "ram-policy": ("agentrun_provider.cli.ram_policy", "ram_policy_command"),
    "versions": ("agentrun_provider.cli.versions", "versions_command"),
    "fake": ("agentrun_fake.cli", "fake_command"),
    "local": ("pulumi_local.cli", "local_group"),
}


class _Lazy(click.Group):
    """A group whose commands come from packages that need not be installed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        module, attribute = _COMMANDS[cmd_name]
        try:
            command: click.Command = getattr(import_module(module), attribute)
        except ModuleNotFoundError as missing:
            raise click.ClickException(
                f"{cmd_name!r} needs {missing.name}: run `pip install 'pulumi-agentrun[testing]'`"
            ) from missing
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args[0] in _COMMANDS or args[0].startswith("-"):
            return super().resolve_command(ctx, args)
        told = advice(args[0], _COMMANDS)
        raise click.UsageError(
            f"there is no command {args[0]}" + (f". {told}" if told else ""), ctx
        )


_EXIT_CODES = """\b
Exit codes: 0 done; 1 the service or something else failed; 2 bad input;
3 not found; 4 refused credentials or permissions; 5 a check failed;
130 interrupted. `local` has those of the Pulumi CLI."""


@click.command(cls=_Lazy, epilog=_EXIT_CODES)
@click.version_option(__version__, prog_name="pulumi-agentrun")
def main() -> None:
    """Tools beside the AgentRun provider for Pulumi."""
    for stream in (sys.stdout, sys.stderr):
        # Answers and logs are in any language; a terminal or a file that can't hold them (LANG=C,
        # PYTHONIOENCODING) gets their code points instead of an error.
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")
