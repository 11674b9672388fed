"""Programs that are deployed with keys of few permissions."""

from ..e2e.conftest import project, server

__all__ = ["project", "server"]
