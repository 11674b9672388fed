"""`python -m agentrun_fake`."""

from .cli import fake_command

if __name__ == "__main__":
    fake_command(prog_name="python -m agentrun_fake")
