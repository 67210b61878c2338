"""A text file of any size as blocks of whole lines, decoded; compressed or not."""

from __future__ import annotations

import bz2
import codecs
import gzip
import lzma
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from io import BufferedIOBase
from pathlib import Path
from typing import Any

from loaders.errors import InputError

BLOCK_BYTES = 1 << 24  # what is decoded at a time; bounds the memory that reading takes, whatever the file's size
LONGEST_LINE = 1 << 28
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_NAMES = {"utf-8": "UTF-8", "utf-8-sig": "UTF-8", "utf-16": "UTF-16", "utf-32": "UTF-32"}
_COMPRESSED: dict[str, Callable[[Path], Any]] = {".gz": gzip.open, ".bz2": bz2.open, ".xz": lzma.open}
_GROWTH = 6  # how much larger than its compressed file a table is taken to be; it only sizes the parts


def kind_of(path: Path) -> str:
    """Return the suffix that tells the kind of a file, that of the compression left out: ``.inter`` of ``a.inter.gz``."""
    name = path.with_suffix("") if path.suffix in _COMPRESSED else path
    return name.suffix


def size_of(path: Path) -> int:
    """Return the bytes of a file's text, an estimate if it is compressed.

    Raises:
        InputError: there is no such file.
    """
    if not path.is_file():
        raise InputError(f"there is no file {path}")
    return path.stat().st_size * (_GROWTH if path.suffix in _COMPRESSED else 1)


def read_blocks(path: Path, encoding: str | None = None) -> Iterator[str]:
    """Yield the text in blocks that end where a line does; ``encoding`` None is UTF-8, or what a byte order mark says.

    Raises:
        InputError: no such file, an unknown encoding, bytes that are not in it, or a line of more than 256 million characters.
    """
    with open_bytes(path) as file:
        yield from _decode(path, file, encoding)


@contextmanager
def open_bytes(path: Path) -> Iterator[BufferedIOBase]:
    """Give a file's bytes, unpacked if its name says that it is compressed, while the block runs.

    Raises:
        InputError: no such file, or it cannot be read, here or in the block.
    """
    size_of(path)
    unpack: Callable[[Path], Any] = _COMPRESSED.get(path.suffix, partial(Path.open, mode="rb"))
    try:
        with unpack(path) as file:
            yield file
    except (OSError, EOFError, lzma.LZMAError) as error:
        raise InputError(f"{path} cannot be read: {error}; if it is compressed, see that it is whole") from error


def _decode(path: Path, file: BufferedIOBase, encoding: str | None) -> Iterator[str]:
    block = file.read(BLOCK_BYTES)
    marked = next((name for mark, name in _BYTE_ORDER_MARKS if block.startswith(mark)), None)
    try:
        name = codecs.lookup(encoding or marked or "utf-8").name
    except LookupError as error:
        raise InputError(f"got the encoding {encoding!r}; expected one that Python knows, such as utf-8 or latin-1") from error
    name = "utf-8-sig" if name == "utf-8" else name  # a mark is no part of the first column's name
    decoder = codecs.getincrementaldecoder(name)()
    before, rest = 0, ""
    while block:
        waiting = len(decoder.getstate()[0])
        try:
            text = decoder.decode(block)
        except UnicodeDecodeError as error:
            raise _wrong_encoding(path, name, before - waiting, error) from error
        before += len(block)
        block = file.read(BLOCK_BYTES)
        lines, end, tail = (rest + text).rpartition("\n")
        rest = tail
        if end:
            yield lines
        if len(rest) > LONGEST_LINE:
            raise InputError(f"{path} has a line of more than {LONGEST_LINE:,} characters; expected a text file of rows")
    try:
        rest += decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        raise _wrong_encoding(path, name, before - len(decoder.getstate()[0]), error) from error
    if rest:
        yield rest


def _wrong_encoding(path: Path, name: str, offset: int, error: UnicodeDecodeError) -> InputError:
    found = error.object[error.start]
    window = error.object[:4096]
    if window.count(0) > len(window) // 4:
        likely = "utf-16"
    else:
        likely = "cp1252" if any(0x80 <= byte < 0xA0 for byte in error.object) else "latin-1"
    return InputError(
        f"{path} is not {_NAMES.get(name, name)} (byte {offset + error.start} is 0x{found:02x}); it may be {likely}: give "
        f"`--encoding {likely}`, or convert it, for example with iconv"
    )
