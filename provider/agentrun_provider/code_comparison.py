"""Whether a deployed package is what the local code would make, and in which files it differs.

Packages of the same files differ in their bytes, since each tool packs in its own order and notes
times. So what counts are names, contents and execute bits.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from .code_folder import Rules
from .package_listing import Listing

_DISTRIBUTION = re.compile(r"(?P<name>[^/]+)-(?P<version>[^/-]+)\.dist-info/METADATA")
# At the top of a package; the Serverless Devs component makes it executable, whatever it was.
_MADE_EXECUTABLE = "bootstrap"


@dataclass(frozen=True)
class Comparison:
    """How a deployed package differs from the local one; paths are sorted.

    Attributes:
        differing: Files of other content.
        modes: Files of the same content of which one can be executed and the other can't.
        only_deployed: Files that are in the deployed package only.
        only_here: Files that are in the local package only.
        requirements: Installed requirements that differ, e.g. `httpx 0.27.0 => 0.28.1`.
        left_out: What is deployed and kept out of local packages by the rules of the folder, a
            folder with its number of files. It makes no difference, but goes with the next package.
    """

    differing: tuple[str, ...] = ()
    modes: tuple[str, ...] = ()
    only_deployed: tuple[str, ...] = ()
    only_here: tuple[str, ...] = ()
    requirements: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()

    @property
    def is_same(self) -> bool:
        """Whether there is no difference."""
        groups = self.differing, self.modes, self.only_deployed, self.only_here
        return not any((*groups, self.requirements))


def compare(
    deployed: Listing,
    local: Listing,
    *,
    rules: Rules | None = None,
    root: Path | None = None,
    packages: str | None = None,
    installed: bool = True,
) -> Comparison:
    """Compare two packages.

    Args:
        deployed: What is deployed.
        local: What would be.
        rules: What is kept out of packages of a folder.
        root: That folder.
        packages: Folder of the package that requirements are installed into. What they are counts
            there, not their files: each installer leaves notes of its own, and compiled files.
        installed: Whether `local` has the requirements; if not, they are not compared.
    """
    prefix = f"{packages}/" if packages else None
    theirs, theirs_installed = _split(deployed, prefix)
    ours, ours_installed = _split(local, prefix)
    only_deployed = [name for name in theirs if name not in ours]
    kept_out = dict(_kept_out(only_deployed, rules, root or Path())) if rules else {}
    both = sorted(theirs.keys() & ours.keys())
    differing = [
        name
        for name in both
        if (theirs[name].size, theirs[name].crc) != (ours[name].size, ours[name].crc)
    ]
    return Comparison(
        differing=tuple(differing),
        modes=tuple(name for name in _modes(theirs, ours) if name not in differing),
        only_deployed=tuple(sorted(set(only_deployed) - set(kept_out))),
        only_here=tuple(sorted(name for name in ours if name not in theirs)),
        requirements=tuple(_versions(theirs_installed, ours_installed)) if installed else (),
        left_out=tuple(_counted(kept_out.values())),
    )


def _split(listing: Listing, prefix: str | None) -> tuple[Listing, Listing]:
    """Code, and what was installed."""
    if prefix is None:
        return listing, {}
    inside = {name: item for name, item in listing.items() if name.startswith(prefix)}
    code = {name: item for name, item in listing.items() if name not in inside}
    return code, {name.removeprefix(prefix): item for name, item in inside.items()}


def _modes(theirs: Listing, ours: Listing) -> Iterator[str]:
    """Files whose execute bits differ.

    On Windows the component marks all files as executable, having nothing to go by. So do others,
    and some note no bits at all.
    """
    if all(item.executable is not False for item in theirs.values()):
        return
    for name in sorted(theirs.keys() & ours.keys()):
        bits = theirs[name].executable, ours[name].executable
        if None not in bits and bits[0] != bits[1] and name != _MADE_EXECUTABLE:
            yield name


def _kept_out(names: Iterable[str], rules: Rules, root: Path) -> Iterator[tuple[str, str]]:
    """Files that the rules keep out, each with the folder or file that they name."""
    everything = set(names)
    for name in everything:
        parts = name.split("/")
        for depth in range(1, len(parts)):
            folder = "/".join(parts[:depth])
            marked = f"{folder}/pyvenv.cfg" in everything
            if marked or rules.excludes_folder(folder, root / folder):
                yield name, f"{folder}/"
                break
        else:
            if rules.excludes_file(name):
                yield name, name


def _counted(groups: Iterable[str]) -> Iterator[str]:
    """Each group once, files first, folders with the number of files in them."""
    listed = list(groups)
    for group in sorted(set(listed), key=lambda item: (item.endswith("/"), item)):
        count = listed.count(group)
        yield f"{group} ({count} files)" if count > 1 else group


def _versions(theirs: Listing, ours: Listing) -> Iterator[str]:
    before, after = _distributions(theirs), _distributions(ours)
    for name in sorted(before.keys() | after.keys()):
        old, new = before.get(name), after.get(name)
        if old != new:
            yield f"{name} {old or 'missing'} => {new or 'missing'}"


def _distributions(installed: Listing) -> Mapping[str, str]:
    """Versions by name, the name as indexes write it."""
    matches = (_DISTRIBUTION.fullmatch(name) for name in installed)
    return {
        re.sub(r"[-_.]+", "-", match["name"]).lower(): match["version"]
        for match in matches
        if match
    }


_SHOWN = 3
_LONGEST_NAME = 80


def told(found: Comparison) -> str:
    """The differences in words, e.g. `1 differs (app.py), 2 only deployed (a.py, b.py)`."""
    groups = (
        ("differs", "differ", found.differing),
        ("is executable on one side only",) * 2 + (found.modes,),
        ("only deployed",) * 2 + (found.only_deployed,),
        ("only here",) * 2 + (found.only_here,),
    )
    parts = [
        f"{len(names)} {one if len(names) == 1 else many} ({shortened(names)})"
        for one, many, names in groups
        if names
    ]
    if found.requirements:
        parts.append(f"requirements {shortened(found.requirements)}")
    return ", ".join(parts)


def shortened(names: Iterable[str]) -> str:
    """A few of the names; others may have chosen them, so what can't be printed is replaced."""
    listed = list(names)
    shown = [_printable(name) for name in listed[:_SHOWN]]
    more = len(listed) - len(shown)
    return ", ".join([*shown, *([f"{more} more"] if more else [])])


def _printable(name: str) -> str:
    clean = "".join(
        letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in name
    )
    return clean if len(clean) <= _LONGEST_NAME else f"{clean[: _LONGEST_NAME - 1]}…"
