"""Commands of Serverless Devs and Pulumi that do not exist here, and what to type instead."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Final

# Those that the embedded engine has as well.
_OF_ENGINES: Final = ("config", "destroy", "preview", "refresh", "stack", "up")
_OF_PULUMI: Final = ("cancel", "import", "install", "login", "new", *_OF_ENGINES)
_OF_SERVERLESS_DEVS: Final = {
    "access": "`aliyun configure` keeps keys, `pulumi config set agentrun:profile NAME` names them",
    "deploy": "`pulumi up` deploys, with --stack for an environment",
    "endpoint": "`pulumi-agentrun endpoints [NAME]` shows endpoints; `pulumi up` makes, moves and "
    "removes them (`endpoints` of an Agent, or a RuntimeEndpoint)",
    "init": "`pulumi new` makes a project from a template",
    "instance": "It is `pulumi-agentrun instances list` and `pulumi-agentrun instances exec`",
    "plan": "`pulumi preview` shows what would change",
    "remove": "`pulumi destroy` removes what the stack has deployed",
    "sync": "`pulumi-agentrun convert` takes over an s.yaml, `pulumi refresh` what was changed "
    "elsewhere",
    "version": "`pulumi-agentrun versions` lists versions; `pulumi up` publishes them (an Agent, "
    "or a RuntimeVersion)",
}
# What people type for commands that are here.
_MEANT: Final = {"exec": "instances exec", "ps": "instances list", "status": "info"}


def advice(word: str, commands: Iterable[str]) -> str:
    """What to type instead of a command that does not exist; empty if nothing is known.

    Args:
        word: The command.
        commands: Those that exist.
    """
    if word in _OF_PULUMI:
        without = f", or `pulumi-agentrun local {word}` without it" if word in _OF_ENGINES else ""
        return f"It is one of the Pulumi CLI: `pulumi {word}`{without}"
    if word in _OF_SERVERLESS_DEVS:
        return _OF_SERVERLESS_DEVS[word]
    close = [_MEANT[word]] if word in _MEANT else difflib.get_close_matches(word, commands, n=1)
    return f"Did you mean `pulumi-agentrun {close[0]}`?" if close else ""
