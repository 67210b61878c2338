"""Several finished runs that can be fused: of the same graph, cleaned and split alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graph.embeddings import Embeddings
from hopline.errors import ConfigError, TrainingError
from hopline.fusion import TeacherVectors
from hopline.run_folder import Run, has_run, read_run
from hopline.split_log import SPLIT_SECTIONS
from hopline.teacher_file import read_teacher

SUM, FITTED, AVERAGE = "sum", "fitted", "average"
"""Ways to fuse: scores added by equal shares, by those that validation fits, and vectors averaged."""
WAYS = (SUM, FITTED, AVERAGE)


@dataclass(frozen=True)
class FinishedRun:
    """A run with what its vectors were distilled from; ``name``: that of its folder, or its path where that would not tell."""

    name: str
    folder: Path
    run: Run
    teacher: TeacherVectors


def check_folders(folders: Sequence[Path], out: Path) -> None:
    """Refuse folders that cannot be fused, before anything is read.

    Raises:
        ConfigError: fewer than two runs, the same folder twice, or an ``out`` that is one of them or may not be written over.
    """
    if len(folders) < 2:
        told = f"the run {folders[0]} alone" if folders else "no run"
        raise ConfigError(f"got {told} to fuse; expected two or more folders: `hopline fuse runs/a runs/b --out runs/ab`")
    places = [folder.resolve() for folder in folders]
    for number, place in enumerate(places):
        if place in places[:number]:
            raise ConfigError(f"got the run {folders[number]} twice; name each folder once")
    if out.resolve() in places:
        raise ConfigError(f"got {out} to write to, which is one of the runs to fuse; name another folder: --out runs/fused")
    if has_run(out):
        raise ConfigError(f"there is a run in {out} already; name another folder to write to, or delete it")
    if out.exists() and not out.is_dir():
        raise ConfigError(f"got {out} to write to, which is no folder; name another one")


def read_several(folders: Sequence[Path]) -> list[FinishedRun]:
    """Read finished runs that can be fused with the first of them.

    Raises:
        TrainingError: a folder without a finished run or without what it was distilled from, or runs that learnt another graph
            or another part of it.
    """
    names = [folder.resolve().name for folder in folders]
    if len(set(names)) < len(names) or set(names) & set(WAYS):
        names = [str(folder.resolve()) for folder in folders]
    runs = [
        FinishedRun(name, folder, read_run(folder), read_teacher(folder)) for name, folder in zip(names, folders, strict=True)
    ]
    for one in runs:
        _check_fits(one, runs[0])
    return runs


def _check_fits(one: FinishedRun, first: FinishedRun) -> None:
    for name, mine, other in _told_otherwise(one.run, first.run):
        raise _no_fit(one, first, f"its {name} is {mine!r}, and {other!r} there", "train it again by the same configuration")
    mine, other = ([part.label for part in run.items] for run in (one.run, first.run))
    if mine != other:
        kind = "in another order" if sorted(mine) == sorted(other) else "others"
        raise _no_fit(one, first, f"its items are {mine}, {kind} than {other} there", "train both by the same [graph_schema]")
    for part, of_first in zip((one.run.users, *one.run.items), (first.run.users, *first.run.items), strict=True):
        if part.ids.tolist() != of_first.ids.tolist():
            raise _no_fit(one, first, _known_otherwise(part, of_first), "train both on the graph as it is now")
    if one.run.interactions != first.run.interactions:
        raise _no_fit(one, first, "the graph's interactions changed between the two", "train both on the graph as it is now")
    if one.run.cleaning != first.run.cleaning:
        kept = [run.cleaning.get("kept") for run in (one.run, first.run)]
        told = f"cleaning, which knows when it was done, kept {kept[0]} interactions, and {kept[1]} there"
        raise _no_fit(one, first, told, "train both again")
    sizes = len(one.run.users.ids), sum(len(part.ids) for part in one.run.items)
    for vectors in (one.teacher.learnt, one.teacher.validated):
        if (len(vectors.users), len(vectors.items)) != sizes:
            raise TrainingError(
                f"what the run in {one.folder} would be distilled from has {len(vectors.users)} users and {len(vectors.items)} "
                f"items; expected {sizes[0]} and {sizes[1]}: run `hopline train` again"
            )


def _known_otherwise(one: Embeddings, first: Embeddings) -> str:
    alone = sorted(set(one.ids.tolist()) ^ set(first.ids.tolist()), key=str)
    told = f"of which one alone knows {alone[0]}" if alone else "in another order"
    return f"it knows {len(one.ids):,} of {one.label}, and {len(first.ids):,} are known there, {told}"


def _told_otherwise(one: Run, first: Run) -> Iterator[tuple[str, Any, Any]]:
    """Yield what two runs were told otherwise of that which decides what they learnt from: its name and both values."""
    for section in SPLIT_SECTIONS:
        for key, mine, other in _differing(one.config.get(section), first.config.get(section)):
            yield " ".join([f"[{section}]", *([".".join(key)] if key else [])]), mine, other
    mine, other = (run.config["train"].get("refit") for run in (one, first))
    if mine != other:
        yield "[train] refit", mine, other


def _differing(one: Any, other: Any, key: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any, Any]]:
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        for name in sorted(one.keys() | other.keys()):
            yield from _differing(one.get(name), other.get(name), (*key, name))
    elif one != other:
        yield key, one, other


def _no_fit(one: FinishedRun, first: FinishedRun, why: str, what_to_do: str) -> TrainingError:
    return TrainingError(
        f"the run in {one.folder} cannot be fused with that in {first.folder}: {why}; {what_to_do}, or leave it out"
    )
