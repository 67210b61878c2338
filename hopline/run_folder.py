"""What a training run leaves behind: vectors, their ids, what tasks foretell, figures and the configuration used."""

from __future__ import annotations

import fcntl
import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from gnn.inductive import Student
from gnn.vector_scorer import VectorScorer
from graph.embeddings import Embeddings, as_served
from graph.neighbours import Neighbours, Retrieve, SimilarItems, WeighedBy
from hopline import compressed_file, predictor_file, teacher_file
from hopline import liked as liked_file
from hopline.compressed_file import Compressed, read_compressed, remove_compressed
from hopline.errors import ReleaseError, TrainingError
from hopline.fusion import TeacherVectors
from hopline.liked import Liked
from hopline.predictor_file import Predictors, read_predictors, write_predictors
from hopline.teacher_file import write_teacher
from hopline.tensor_rows import drop_row

SNAPSHOT_FOLDER, SET_ASIDE_FOLDER, SET_ASIDE_FILE = "snapshot", "set-aside", "set-aside.tsv"
"""In the run's folder: the kept snapshot, and what could not be used of events, and of loaded files."""
NEXT_FOLDER = "next"
"""In the run's folder: one that is trained anew while it serves."""

_VECTORS = "vectors.safetensors"
_RECORD = "run.json"
_LOCK = "run.lock"
LEARNT_FROM = ("interactions", "read_at", "fused_id")
"""What tells the releases of one run from those of others."""
_NOT_IN_RECORD = {"users", "items", "predictors", "people", "compressed", "teacher", "student", "known", "liked", "similar"}
_ASKING, _ASKED = "people asking", "people asked for"
_STUDENT = "student "
_KNOWN = "known"
_NEIGHBOURS, _WEIGHTS = "neighbours ", "weights "
_WEIGHED_BY = "similar_by"


@dataclass(frozen=True)
class Run:
    """A finished run: what it learnt, and how well it did on interactions it had not seen.

    ``items`` are in the schema's order of domains, ``popular`` ids by domain, the most popular first. ``interactions`` is the
    digest of all interactions in the graph at the time, ``read_at`` when it was read, in seconds since 1970; ``cleaning`` the
    counts of what was left out of them or changed, by rule; ``features`` the fitted features as plain values;
    ``fused`` what the network was fused with, and the figures that decided; ``predictors`` what tasks foretell of users and
    items, in the order of ``users`` and of the items of a label; ``people``: whom to suggest to whom, both in the order of
    ``users``, None where it was not learnt; ``compressed`` how `hopline compress` chose the vectors, empty where it did not;
    ``teacher`` what the vectors were distilled from, which is kept, but not read back (see :mod:`hopline.teacher_file`);
    ``student`` makes vectors of users whom the run has not seen, over the items of all domains, None where too little was
    learnt from. ``known``, int64[n], tells how many events of each user that tell of liking the graph had, None in a run of a
    Hopline that did not count them; ``liked`` which items they were of, kept but not read back (see :mod:`hopline.liked`).
    ``similar`` are the neighbours of items, by the closed-form model that the run is fused with or by walks where nothing could
    be fused, None where there are none but those of the vectors; ``retrieve`` is what validation found recommendations best by.
    ``fused_id`` tells a run that `hopline fuse` made of several from these, and from others made of them; None for one that was
    trained.
    """

    users: Embeddings
    items: tuple[Embeddings, ...]
    popular: dict[str, list[Any]]
    config: dict[str, Any]
    metrics: dict[str, float]
    best_epoch: int
    train_s: float
    interactions: str
    read_at: int
    cleaning: dict[str, Any]
    features: dict[str, Any] = field(default_factory=dict)
    fused: dict[str, Any] = field(default_factory=dict)
    predictors: Predictors = field(default_factory=dict)
    people: VectorScorer | None = None
    compressed: dict[str, Any] = field(default_factory=dict)
    teacher: TeacherVectors | None = None
    student: Student | None = None
    known: NDArray[np.int64] | None = None
    liked: Liked | None = None
    similar: SimilarItems | None = None
    retrieve: Retrieve = "vectors"
    fused_id: str | None = None

    def scorer(self) -> VectorScorer:
        """Return the vectors of users and of the items of all domains, one after the other, as they are served."""
        items = np.concatenate([part.vectors for part in self.items])
        return VectorScorer(*as_served(self.users.vectors, items, self.compressed.get("code", "float32")))

    def serving(self, compressed: Compressed) -> Run:
        """Return the run with small vectors in place of those that training ended with, and their figures on the test split."""
        first, items = 0, []
        for part in self.items:
            items.append(Embeddings(part.label, part.ids, compressed.vectors.items[first : first + len(part.ids)]))
            first += len(part.ids)
        return replace(
            self,
            users=Embeddings(self.users.label, self.users.ids, compressed.vectors.users),
            items=tuple(items),
            metrics=self.metrics | compressed.metrics,
            compressed=compressed.told,
            student=compressed.student,
        )


def write_run(folder: Path, run: Run) -> None:
    """Write a run to ``folder``; the record comes last and makes it complete."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / _RECORD).unlink(missing_ok=True)
    remove_compressed(folder)
    items = {f"items {part.label}": part.vectors for part in run.items}
    people = {} if run.people is None else {_ASKING: run.people.users, _ASKED: run.people.items}
    student = {} if run.student is None else {_STUDENT + name: array for name, array in run.student.to_arrays().items()}
    known = {} if run.known is None else {_KNOWN: run.known}
    tensors = {"users": run.users.vectors} | items | people | student | known | _similar_tensors(run)
    save_file({name: np.ascontiguousarray(tensor) for name, tensor in tensors.items()}, folder / _VECTORS)
    write_predictors(folder, run.predictors)
    if run.teacher is not None:
        write_teacher(folder, run.teacher)
    if run.liked is not None:
        liked_file.write_liked(folder, run.liked)
    record = {
        "user_label": run.users.label,
        "user_ids": _plain(run.users.ids),
        "item_ids": {part.label: _plain(part.ids) for part in run.items},
        **({} if run.similar is None else {_WEIGHED_BY: run.similar.by}),
        **{key: value for key, value in vars(run).items() if key not in _NOT_IN_RECORD},
    }
    _write_record(folder, record)


def read_run(folder: Path) -> Run:
    """Read the run in ``folder``, with the vectors that `hopline compress` made of it where it did.

    Raises:
        TrainingError: there is no finished run, or its files are damaged.
    """
    if not has_run(folder):
        raise TrainingError(f"there is no finished training run in {folder}; run `hopline train` first")
    try:
        record = json.loads((folder / _RECORD).read_text(encoding="utf-8"))
        vectors = load_file(folder / _VECTORS)
        student = {name.removeprefix(_STUDENT): array for name, array in vectors.items() if name.startswith(_STUDENT)}
        similar = _read_similar(vectors, list(record["item_ids"]), record.pop(_WEIGHED_BY, "ease"))
        run = Run(
            users=Embeddings(record.pop("user_label"), np.asarray(record.pop("user_ids")), vectors["users"]),
            items=tuple(
                Embeddings(label, np.asarray(ids), vectors[f"items {label}"]) for label, ids in record.pop("item_ids").items()
            ),
            predictors=read_predictors(folder),
            people=VectorScorer(vectors[_ASKING], vectors[_ASKED]) if _ASKING in vectors else None,
            student=Student.from_arrays(student) if student else None,
            known=vectors.get(_KNOWN),
            similar=similar,
            **record,
        )
        compressed = read_compressed(folder)
        return run if compressed is None else run.serving(compressed)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, SafetensorError, ReleaseError) as error:
        raise TrainingError(f"the run in {folder} cannot be read ({error}); run `hopline train` again") from error


def has_run(folder: Path) -> bool:
    """Whether there is a finished run in a folder."""
    return (folder / _RECORD).is_file()


def told_learnt_from(told: Mapping[str, Any]) -> dict[str, Any]:
    """Return what tells the releases of a run from those of others, of all that is told of a run."""
    return {name: told[name] for name in LEARNT_FROM if told[name] is not None}


def is_release_of(learnt_from: Mapping[str, Any], data: Mapping[str, Any]) -> bool:
    """Whether a release with these ``data`` is of the run known by ``learnt_from``, and not of one that learnt the same."""
    return all(data.get(name) == learnt_from.get(name) for name in LEARNT_FROM)


def read_learnt_from(folder: Path) -> dict[str, Any] | None:
    """Return what releases of the run in ``folder`` are known by, None where there is no finished run."""
    try:
        record = json.loads((folder / _RECORD).read_text(encoding="utf-8"))
        return told_learnt_from({"fused_id": None} | record)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def fused_folders(folder: Path) -> list[Path]:
    """Return the folders of the runs that the one in ``folder`` was fused of, those that still hold a run."""
    try:
        told = json.loads((folder / _RECORD).read_text(encoding="utf-8"))["fused"].get("folders", {})
        return [path for path in map(Path, told.values()) if has_run(path)]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return []


def fused_with(folder: Path) -> list[Path]:
    """Return the folders beside ``folder`` whose runs were fused of the one in it, and of others."""
    own = folder.resolve()
    beside = [path.parent for path in sorted(own.parent.glob(f"*/{_RECORD}"))]
    return [run for run in beside if own in map(Path.resolve, fused_folders(run))]


def move_run(source: Path, target: Path) -> None:
    """Put the run in ``source``, with all that its training left there, in the place of the one in ``target``.

    As for :func:`write_run`, the record comes last: until then there is no run in ``target``, and moving again completes it.
    """
    if not has_run(source):
        return
    if (target / _RECORD).exists():
        remove_compressed(target)
        (target / _RECORD).unlink()
    for path in sorted(source.iterdir()):
        if path.name != _RECORD:
            if (target / path.name).is_dir():
                shutil.rmtree(target / path.name)
            path.replace(target / path.name)
    (source / _RECORD).replace(target / _RECORD)
    source.rmdir()


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Keep others waiting who erase from the same folder, or move a run into it."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / _LOCK).open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def drop_user(folder: Path, user_ids: Sequence[Any]) -> bool:
    """Take the first of some users whom the run in ``folder`` knows out of it; return whether there was one.

    As for :func:`write_run`, the record comes last: cut off in between, there is no run until the next training.

    Raises:
        TrainingError: the run's files are damaged.
    """
    path = folder / _RECORD
    if not path.is_file():
        return False
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        known = [user_id for user_id in user_ids if user_id in record["user_ids"]]
        if not known:
            return False
        row = record["user_ids"].index(known[0])
        path.unlink()
        drop_row(folder / _VECTORS, row, lambda name: name in {"users", _ASKING, _ASKED, _KNOWN})
        predictor_file.drop_user(folder, row, record["user_label"])
        teacher_file.drop_user(folder, row)
        liked_file.drop_user(folder, row)
        compressed_file.drop_user(folder, row)
        del record["user_ids"][row]
        _write_record(folder, record)
    except (OSError, ValueError, KeyError, IndexError, SafetensorError) as error:
        raise TrainingError(f"the run in {folder} is damaged ({error}); run `hopline train` again") from error
    return True


def _similar_tensors(run: Run) -> dict[str, NDArray[Any]]:
    of_domains = () if run.similar is None else zip(run.items, run.similar.of_domains, strict=True)
    return {
        name + part.label: tensor
        for part, neighbours in of_domains
        for name, tensor in ((_NEIGHBOURS, neighbours.places), (_WEIGHTS, neighbours.weights))
    }


def _read_similar(tensors: dict[str, NDArray[Any]], labels: list[str], by: WeighedBy) -> SimilarItems | None:
    if _NEIGHBOURS + labels[0] not in tensors:
        return None
    return SimilarItems(by, tuple(Neighbours(tensors[_NEIGHBOURS + label], tensors[_WEIGHTS + label]) for label in labels))


def _write_record(folder: Path, record: dict[str, Any]) -> None:
    draft = folder / f"{_RECORD}.tmp"
    draft.write_text(json.dumps(record, ensure_ascii=False), encoding="utf-8")
    draft.replace(folder / _RECORD)


def _plain(ids: NDArray[np.generic]) -> list[Any]:
    plain: list[Any] = ids.tolist()
    return plain
