"""Typed Pulumi resources for Alibaba Cloud AgentRun."""
