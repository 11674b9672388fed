"""`python -m agentrun_provider` is the command `pulumi-agentrun`."""

from .cli.main import main

main()
