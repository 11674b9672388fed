"""Stands for the code of an agent; it is sent and compared, not run."""
