"""The command `pulumi-agentrun` and its subcommands, each loaded only when it is used."""

from __future__ import annotations

from importlib import import_module

import click

from .. import __version__

# Subcommand -> module and attribute of the click command.
_COMMANDS = {
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


@click.command(cls=_Lazy)
@click.version_option(__version__, prog_name="pulumi-agentrun")
def main() -> None:
    """Tools beside the AgentRun provider for Pulumi."""
