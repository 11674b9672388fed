"""A fake of the AgentRun service and of the services around it, for tests and offline work."""
