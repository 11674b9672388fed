"""The command `pulumi-agentrun`; the one place that knows the fake service and the engine."""
