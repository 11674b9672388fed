"""Whether a deployed package is what the local code would make, and in which files it differs.

Packages of the same files differ in their bytes, since each tool packs in its own order and notes
times. So what counts are names, contents and execute bits.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from .code_folder import Rules
from .package_listing import Listing

_DISTRIBUTION = re.compile(r"(?P<name>[^/]+)-(?P<version>[^/-]+)\.dist-info/METADATA")
# What `s build` and npm fill; much of it may be kept out of a repository.
_DEPENDENCIES = ("python/", "node_modules/")
_CACHE = "__pycache__/"
# At the top of a package; the Serverless Devs component makes it executable, whatever it was.
_MADE_EXECUTABLE = "bootstrap"


@dataclass(frozen=True)
class Comparison:
    """How a deployed package differs from the local one; paths are sorted.

    Attributes:
        differing: Files of other content.
        modes: Files of the same content of which one can be executed and the other can't.
        only_deployed: Files that are in the deployed package only; a folder of which nothing is
            here stands for its files, and is mapped to their number.
        only_here: The reverse.
        requirements: Installed requirements that differ, e.g. `httpx 0.27.0 => 0.28.1`.
        left_out: What is deployed and kept out of local packages by the rules of the folder, a
            folder with its number of files. It makes no difference, but goes with the next package.
    """

    differing: tuple[str, ...] = ()
    modes: tuple[str, ...] = ()
    only_deployed: Mapping[str, int] = field(default_factory=dict)
    only_here: Mapping[str, int] = field(default_factory=dict)
    requirements: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()

    @property
    def is_same(self) -> bool:
        """Whether there is no difference."""
        groups = self.differing, self.modes, self.only_deployed, self.only_here
        return not any((*groups, self.requirements))

    @property
    def not_installed(self) -> list[str]:
        """Folders of installed dependencies that are deployed and of which nothing is here."""
        return [folder for folder in _DEPENDENCIES if folder in self.only_deployed]


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
        only_deployed=_folded(set(only_deployed) - set(kept_out), ours),
        only_here=_folded((name for name in ours if name not in theirs), theirs),
        requirements=tuple(_versions(theirs_installed, ours_installed)) if installed else (),
        left_out=tuple(_shown(_counted(kept_out.values()))),
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
                # Installed packages have hundreds of them.
                yield name, _CACHE if parts[depth - 1] == _CACHE[:-1] else f"{folder}/"
                break
        else:
            if rules.excludes_file(name):
                yield name, name


def _folded(names: Iterable[str], others: Iterable[str]) -> Mapping[str, int]:
    """Names that the other side does not have, those of a folder that it lacks as one."""
    folders = {folder for name in others for folder in _folders(name)}
    folded = {
        name: next((folder for folder in _folders(name) if folder not in folders), name)
        for name in names
    }
    counts = _counted(folded.values())
    return _counted(
        folder if counts[folder] > 1 or folder in _DEPENDENCIES else name
        for name, folder in folded.items()
    )


def _folders(name: str) -> Iterator[str]:
    """The folders that a file is in, the outermost first, each with a slash at its end."""
    for position, letter in enumerate(name):
        if letter == "/":
            yield name[: position + 1]


def _counted(names: Iterable[str]) -> Mapping[str, int]:
    """How often each name is there, files first."""
    counts = Counter(names)
    return {name: counts[name] for name in sorted(counts, key=lambda n: (n.endswith("/"), n))}


def _shown(counts: Mapping[str, int]) -> list[str]:
    return [f"{name} ({count} files)" if count > 1 else name for name, count in counts.items()]


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


_MOST_NAMES = 3
_LONGEST_NAME = 80


def told(found: Comparison) -> str:
    """The differences in words, e.g. `1 differs (app.py), 2 only deployed (a.py, b.py)`."""
    groups = (
        ("differs", "differ", found.differing),
        ("is executable on one side only",) * 2 + (found.modes,),
    )
    parts = [
        f"{len(names)} {one if len(names) == 1 else many} ({shortened(names)})"
        for one, many, names in groups
        if names
    ]
    parts += [
        f"{sum(counts.values())} {where} ({shortened(_shown(counts))})"
        for where, counts in (
            ("only deployed", found.only_deployed),
            ("only here", found.only_here),
        )
        if counts
    ]
    if found.requirements:
        parts.append(f"requirements {shortened(found.requirements)}")
    return ", ".join(parts)


def shortened(names: Iterable[str]) -> str:
    """A few of the names; others may have chosen them, so what can't be printed is replaced."""
    listed = list(names)
    shown = [_printable(name) for name in listed[:_MOST_NAMES]]
    more = len(listed) - len(shown)
    return ", ".join([*shown, *([f"{more} more"] if more else [])])


def _printable(name: str) -> str:
    clean = "".join(
        letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in name
    )
    return clean if len(clean) <= _LONGEST_NAME else f"{clean[: _LONGEST_NAME - 1]}…"
