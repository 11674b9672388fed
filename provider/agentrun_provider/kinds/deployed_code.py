"""Whether a runtime runs the local code, asked before it is taken over.

AgentRun tells at most a checksum of the package, and none of what the Serverless Devs component
sent. But each runtime is a function of Function Compute (reference 5), and that tells a signed
address of the package; of it only the list of files is fetched and compared.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from ..building.source import PACKAGES_FOLDER
from ..client import path_segment
from ..code_comparison import Comparison, compare, shortened, told
from ..errors import AgentRunError
from ..ignoring import IgnoreRules
from ..package_listing import Listing, NoArchive, listing_of
from ..remote_file import RemoteFile, Unreadable
from ..session import Session
from ..unverified import FUNCTION_TELLS_CODE
from .runtime_code import Package
from .shapes import Code


@dataclass(frozen=True)
class DeployedCode:
    """What is known of the code that a runtime has, beside the local code.

    Attributes:
        checksum: CRC-64 of its package, if it is told.
        comparison: How the two differ; None if they can't be compared.
        why_not: Why they can't be compared.
    """

    checksum: str | None = None
    comparison: Comparison | None = None
    why_not: str = ""

    @property
    def is_local(self) -> bool:
        """Whether it need not be sent: it is the local code, or nothing speaks against it.

        Of a package whose checksum AgentRun tells, and that can't be compared, it is known that it
        is another one.
        """
        if self.comparison is not None:
            return self.comparison.is_same
        return self.checksum is None

    def told(self, *, sent: bool) -> str:
        """What to say of it.

        Args:
            sent: Whether the local code is going to be sent.
        """
        if self.comparison is None:
            if sent:
                return f"the code can't be compared with what is deployed: {self.why_not}"
            return (
                "the local code is taken for the deployed code, and sent when it changes: they "
                f"can't be compared, {self.why_not}"
            )
        same = self.comparison.is_same
        text = "the deployed code is the local one" if same else f"code: {told(self.comparison)}"
        if self.comparison.not_installed:
            folders = " and ".join(self.comparison.not_installed)
            text += f"; what is installed in {folders} is not here, the agent would start without"
        if self.comparison.left_out:
            change = "this change" if sent else "the next change of the code"
            text += f"; deployed, but left out of packages, so gone with {change}: "
            text += shortened(self.comparison.left_out)
        return text


def deployed_code(
    session: Session, live: Mapping[str, Any], code: Code | None, local: Package | None
) -> DeployedCode | None:
    """Compare the code of a runtime with the local code.

    Nothing that goes wrong with it is an error: an adoption does not depend on it.

    Args:
        session: Connection.
        live: The runtime as the service shows it.
        code: What is declared.
        local: The local package, as far as it is known.

    Returns:
        None if there is nothing to compare: the code is not local, the runtime has none, or its
        checksum is that of the local package.
    """
    held = live.get("codeConfiguration") or {}
    checksum = held.get("checksum") or None
    if code is None or code.src is None or local is None or not held:
        return None
    if local.checksum is not None and checksum == local.checksum:
        return None
    if local.data is None:
        return DeployedCode(checksum, why_not=_not_there(local))
    try:
        return _compared(session, str(live["agentRuntimeId"]), code, local, checksum)
    except _NotTold as reason:
        return DeployedCode(checksum, why_not=str(reason))


class _NotTold(Exception):
    """The deployed code is not told; the text says why."""


def _compared(
    session: Session, runtime_id: str, code: Code, local: Package, checksum: str | None
) -> DeployedCode:
    assert code.src is not None, "called for local code"
    assert local.data is not None, "called for a package that is known"
    url, told_checksum = _where(session, runtime_id)
    if local.checksum is not None and told_checksum == local.checksum:
        return DeployedCode(told_checksum, Comparison())
    root = session.folder / code.src
    found = compare(
        _fetched(session, url),
        listing_of(BytesIO(local.data)),
        rules=IgnoreRules(root) if root.is_dir() else None,
        root=root,
        packages=PACKAGES_FOLDER if code.requirements else None,
        installed=not local.missing,
    )
    if found.is_same and local.missing:
        return DeployedCode(checksum, why_not=_not_there(local))
    return DeployedCode(told_checksum or checksum, found)


def _not_there(local: Package) -> str:
    return f"{local.missing} is not there yet"


def _where(session: Session, runtime_id: str) -> tuple[str, str | None]:
    """Signed address and checksum of the package of a runtime's draft."""
    if not FUNCTION_TELLS_CODE:
        raise _NotTold("Function Compute is not asked for it")
    path = f"/functions/{path_segment(f'agentrun-{runtime_id}')}/code"
    try:
        reply = session.client.call_fcv3("GetFunctionCode", "GET", path)
    except AgentRunError as error:
        raise _NotTold(error.one_line()) from error
    url = reply.get("url") if isinstance(reply, dict) else None
    if not isinstance(url, str) or not url:
        raise _NotTold("GetFunctionCode tells no address")
    return url, str(reply.get("checksum") or "") or None


def _fetched(session: Session, url: str) -> Listing:
    try:
        return listing_of(RemoteFile(session.client.sender, url))
    except Unreadable as error:
        # Its cause is not shown, which may hold the address.
        raise _NotTold(f"the deployed package can't be fetched: {error}") from None
    except NoArchive:
        raise _NotTold("the deployed package is no zip archive that can be read") from None
