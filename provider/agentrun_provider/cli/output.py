"""What commands print: tables for people, plain columns for pipes, JSON for scripts.

On a terminal tables are drawn by Rich. Where the output is piped, or NO_COLOR is set, the same
tables are columns of plain text. With `--json` standard output holds exactly one JSON document, or
one object per line for what is endless. Progress and warnings always go to standard error.
"""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Mapping, Sequence
from typing import Any, TextIO

from .texts import cell_text, clean, flat, hanging, is_plain

# The least width of a column with sentences, and what Rich puts around each cell.
_NARROWEST = 24
_PADDING = 3

# Words of states, and the style in which they are drawn.
_STYLES = {
    "READY": "green",
    "ok": "green",
    "CREATING": "yellow",
    "UPDATING": "yellow",
    "DELETING": "yellow",
    "warn": "yellow",
    "skip": "dim",
    "fail": "red",
}


class Output:
    """Where and how a command prints.

    Args:
        as_json: Whether `--json` was given.
        stream: Standard output, unless a test brings its own.
        errors: Standard error.
        drawn: Whether to draw with Rich; default: on a terminal, unless NO_COLOR is set.
    """

    def __init__(
        self,
        *,
        as_json: bool = False,
        stream: TextIO | None = None,
        errors: TextIO | None = None,
        drawn: bool | None = None,
    ) -> None:
        self.as_json = as_json
        # Looked up late, so that what replaces the streams meanwhile is used.
        self._stream = stream
        self._errors = errors
        self._drawn = drawn

    @property
    def stream(self) -> TextIO:
        """Standard output."""
        # None where a program was started with it closed.
        return self._stream or sys.stdout or io.StringIO()

    @property
    def errors(self) -> TextIO:
        """Standard error."""
        return self._errors or sys.stderr or io.StringIO()

    @property
    def drawn(self) -> bool:
        """Whether people look at it on a terminal that may be coloured."""
        if self._drawn is not None:
            return self._drawn and not self.as_json
        return self.stream.isatty() and not os.environ.get("NO_COLOR") and not self.as_json

    def document(self, data: Any) -> None:
        """Print one JSON document; for `--json`, once in a command."""
        self.text(json.dumps(data, indent=2, ensure_ascii=self._ascii))

    def record(self, data: Any) -> None:
        """Print one JSON object on a line of its own, at once."""
        self.text(json.dumps(data, ensure_ascii=self._ascii, separators=(",", ":")))

    def text(self, text: str, *, end: str = "\n") -> None:
        """Print text as it is, at once."""
        self.stream.write(text + end)
        self.stream.flush()

    def raw(self, data: bytes) -> None:
        """Print bytes as they are, at once."""
        buffer = getattr(self.stream, "buffer", None)
        if buffer is None:
            self.text(data.decode(errors="replace"), end="")
            return
        buffer.write(data)
        buffer.flush()

    def table(
        self,
        columns: Sequence[str],
        rows: Sequence[Sequence[Any]],
        *,
        title: str = "",
        empty: str = "",
        prose: Sequence[str] = (),
    ) -> None:
        """Print a table; None is an empty cell.

        On a terminal that is too narrow for it the rows stand one below the other, so that ids and
        addresses are never torn apart.

        Args:
            columns: Headings.
            rows: Cells, as many in each row as there are headings.
            title: Line above the table.
            empty: Printed on standard error instead of a table without rows.
            prose: Headings of columns with sentences, which may be broken into lines.
        """
        cells = [[cell_text(cell) for cell in row] for row in rows]
        if not cells and empty:
            self.note(empty)
        elif self.drawn:
            self._draw(columns, cells, title, prose)
        else:
            self._columns(columns, cells, title)

    def fields(self, data: Mapping[str, Any], *, indent: int = 0) -> None:
        """Print names and values, aligned, what is nested further in; absent ones are left out."""
        shown = {name: value for name, value in data.items() if value not in (None, "", [], {})}
        width = max((len(name) for name, value in shown.items() if is_plain(value)), default=0)
        for name, value in shown.items():
            lead = " " * indent
            if is_plain(value):
                gap = " " * (width - len(name) + 1)
                self._styled(f"{lead}{name}:{gap}", hanging(value, f"{lead}{name}:{gap}"))
            else:
                self._styled(f"{lead}{name}:", "")
                self._nested(value, indent + 2)

    def marked(self, mark: str, text: str, *, width: int = 0) -> None:
        """Print a line that begins with the word of a state."""
        if not self.drawn:
            self.text(f"{mark:<{width}} {text}")
            return
        from rich.text import Text

        self._print(Text.assemble((f"{mark:<{width}} ", _STYLES.get(mark, "")), text))

    def note(self, text: str) -> None:
        """Tell people something that is not the result, on standard error."""
        self.errors.write(clean(text) + "\n")
        self.errors.flush()

    def warn(self, text: str) -> None:
        """Warn on standard error."""
        self.note(f"warning: {text}")

    def _nested(self, value: Any, indent: int) -> None:
        if isinstance(value, Mapping):
            self.fields(value, indent=indent)
            return
        for item in value:
            if is_plain(item):
                lead = " " * indent + "- "
                self.text(f"{lead}{hanging(item, lead)}")
            else:
                self.text(f"{' ' * indent}-")
                self.fields(item, indent=indent + 2)

    def _styled(self, name: str, value: str) -> None:
        if not self.drawn:
            self.text(f"{name}{value}".rstrip())
            return
        from rich.text import Text

        self._print(Text.assemble((name, "bold"), (value, _STYLES.get(value, ""))))

    @property
    def _ascii(self) -> bool:
        """Whether JSON has to be written with escapes, because the stream can't hold it all."""
        encoding = getattr(self.stream, "encoding", None) or "utf-8"
        return not encoding.lower().replace("_", "-").startswith(("utf", "gb18030"))

    def _draw(
        self, columns: Sequence[str], rows: list[list[str]], title: str, prose: Sequence[str]
    ) -> None:
        from rich import box
        from rich.table import Table
        from rich.text import Text

        if _width(columns, rows, prose) > (console := self._console()).width:
            self._stack(columns, rows, title)
            return
        table = Table(title=title or None, title_justify="left", box=box.SIMPLE_HEAD)
        for column in columns:
            table.add_column(column, overflow="fold", no_wrap=column not in prose)
        for row in rows:
            table.add_row(*(Text(cell, style=_STYLES.get(cell, "")) for cell in row))
        console.print(table)

    def _stack(self, columns: Sequence[str], rows: list[list[str]], title: str) -> None:
        """Print each row as a block of fields."""
        if title:
            self.text(title)
        for number, row in enumerate(rows):
            if number:
                self.text("")
            self.fields(dict(zip(columns, row, strict=True)))

    def _print(self, what: Any) -> None:
        self._console().print(what, soft_wrap=True)

    def _console(self) -> Any:
        from rich.console import Console

        return Console(file=self.stream, force_terminal=True, highlight=False)

    def _columns(self, columns: Sequence[str], rows: list[list[str]], title: str) -> None:
        from rich.cells import cell_len

        if title:
            self.text(title)
        lines = [[column.upper() for column in columns], *([flat(c) for c in r] for r in rows)]
        widths = [max(map(cell_len, column)) for column in zip(*lines, strict=True)]
        for line in lines:
            padded = [
                cell + " " * (width - cell_len(cell))
                for cell, width in zip(line, widths, strict=True)
            ]
            self.text("  ".join(padded).rstrip())


def _width(columns: Sequence[str], rows: list[list[str]], prose: Sequence[str]) -> int:
    """How wide a terminal has to be for a table."""
    from rich.cells import cell_len

    total = 1
    for heading, *cells in zip(columns, *rows, strict=True):
        whole = max(cell_len(line) for cell in (heading, *cells) for line in cell.split("\n"))
        total += _PADDING + (min(whole, _NARROWEST) if heading in prose else whole)
    return total
