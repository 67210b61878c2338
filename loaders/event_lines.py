"""Lines of a file or a pipe as they come: numbered, in chunks of what is there, in bounded memory however long a line is."""

from __future__ import annotations

from collections.abc import Iterator
from io import BufferedIOBase
from pathlib import Path

from loaders.files.blocks import open_bytes

CHUNK_BYTES = 1 << 18
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"

Line = tuple[int, bytes]
"""A line's number from 1, and its bytes without its end."""


def read_file_lines(path: Path, max_bytes: int) -> Iterator[list[Line]]:
    """Yield the lines of a file, compressed or not, as :func:`read_lines` does.

    Raises:
        InputError: there is no such file, or it cannot be read.
    """
    with open_bytes(path) as file:
        yield from read_lines(file, max_bytes)


def read_lines(file: BufferedIOBase, max_bytes: int) -> Iterator[list[Line]]:
    """Yield the lines that have come, empty ones left out; of a line of more than ``max_bytes``, that many and one more."""
    number, rest = 1, b""
    while block := file.read1(CHUNK_BYTES):
        first, *others = block.split(b"\n")
        rest = (rest + first)[: max_bytes + 1]
        if others:
            whole = [rest, *(line[: max_bytes + 1] for line in others[:-1])]
            rest = others[-1][: max_bytes + 1]
            yield _numbered(number, whole)
            number += len(whole)
    yield _numbered(number, [rest])


def _numbered(number: int, lines: list[bytes]) -> list[Line]:
    if number == 1:
        lines[0] = lines[0].removeprefix(_BYTE_ORDER_MARK)
    return [(place, line) for place, line in enumerate(lines, number) if line.strip()]
