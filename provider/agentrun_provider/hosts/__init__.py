"""Hosts: each translates one way of calling the core, and knows no kind by name."""
