"""Host-neutral core of the AgentRun provider, and the hosts that serve it to Pulumi."""

__version__ = "0.1.0"
