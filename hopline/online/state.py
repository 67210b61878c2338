"""What learning from events remembers from one look at the graph to the next: ``online.safetensors`` in the run's folder."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from gnn.inductive import Student
from graph.errors import ReleaseError
from graph.releases.checksums import hash_texts
from hopline.run_folder import Run, told_learnt_from

FILE = "online.safetensors"
_STUDENT = "student "


@dataclass(frozen=True)
class OnlineState:
    """A student that was taught since its run ended, and up to where.

    ``run`` tells which run it is of. ``users`` uint64[n] stand for the users' ids, ``taught`` int64[n] is how many of each
    one's events were learnt from, the earliest first, and ``lost`` int64[n] how many of those that the run had learnt were gone
    by then. ``events``, ``gain`` and ``released_gain`` are how many were foretold since both students began to be compared, and
    their sums of NDCG@20. ``learnt``: events learnt from in all, in ``rounds`` rounds; ``came``: items that the run does not
    know and that were published with it, ``new`` tells which it does not know, and ``taken_back`` which events that it had
    learnt are gone. ``due``: why training anew is due, which remains so until it is done. ``learnt_at``: when the graph was
    read that was learnt from last, in seconds since 1970.
    """

    run: str
    student: Student
    users: NDArray[np.uint64] = field(default_factory=lambda: np.zeros(0, np.uint64))
    taught: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    lost: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    events: int = 0
    gain: float = 0.0
    released_gain: float = 0.0
    learnt: int = 0
    rounds: int = 0
    came: int = 0
    new: str = ""
    taken_back: str = ""
    due: str = ""
    learnt_at: float = 0.0

    @classmethod
    def begin(cls, run: Run, student: Student) -> OnlineState:
        """Return the state of a run that nothing was learnt since: what its users had done then is known."""
        known = np.zeros(len(run.users.ids), np.int64) if run.known is None else run.known.astype(np.int64)
        return cls(name_of(run), student, hash_texts(run.users.ids), known, np.zeros_like(known), learnt_at=run.read_at)

    def taught_of(self, user_ids: NDArray[Any], lost: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return how many events of some users, of which ``lost`` int64[m] are gone by now, were learnt from, int64[m]."""
        gone = np.maximum(0, lost - self._of(self.lost, user_ids))
        taught: NDArray[np.int64] = np.maximum(0, self._of(self.taught, user_ids) - gone)
        return taught

    def _of(self, numbers: NDArray[np.int64], user_ids: NDArray[Any]) -> NDArray[np.int64]:
        """Return one of the numbers that are kept of each user, int64[m]; none of those not known."""
        found = np.zeros(len(user_ids), np.int64)
        if not len(self.users) or not len(user_ids):
            return found
        wanted, order = hash_texts(user_ids), np.argsort(self.users)
        place = order[np.minimum(np.searchsorted(self.users, wanted, sorter=order), len(order) - 1)]
        is_known = self.users[place] == wanted
        found[is_known] = numbers[place[is_known]]
        return found

    def after(self, user_ids: NDArray[Any], taught: NDArray[np.int64], lost: NDArray[np.int64], **changed: Any) -> OnlineState:
        """Return the state once so many events of these users are learnt from, and so many gone, int64[m] both."""
        return replace(self, users=hash_texts(user_ids), taught=taught, lost=lost, **changed)


def name_of(run: Run) -> str:
    """Return what tells a run, and the vectors that it serves, from others."""
    learnt_from = " ".join(str(value) for value in told_learnt_from(vars(run)).values())
    return f"{learnt_from} {json.dumps(run.compressed.get('chosen', {}), sort_keys=True)}"


def write_state(folder: Path, state: OnlineState) -> None:
    """Write it to a run's folder; until it is whole, what was there before stays."""
    tensors: dict[str, NDArray[Any]] = {_STUDENT + name: array for name, array in state.student.to_arrays().items()}
    tensors |= {"users": state.users, "taught": state.taught, "lost": state.lost}
    names = ("run", "events", "gain", "released_gain", "learnt", "rounds", "came", "new", "taken_back", "due", "learnt_at")
    told = {"told": json.dumps({name: getattr(state, name) for name in names})}
    draft = folder / f"{FILE}.tmp"
    save_file({name: np.ascontiguousarray(tensor) for name, tensor in tensors.items()}, draft, metadata=told)
    draft.replace(folder / FILE)


def read_state(folder: Path, run: Run, student: Student) -> OnlineState:
    """Read it from a run's folder; where there is none, or it is of another run or damaged, learning begins anew."""
    try:
        with safe_open(folder / FILE, framework="numpy") as file:
            told = json.loads(file.metadata()["told"])
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - it is no mapping
        arrays = {name.removeprefix(_STUDENT): array for name, array in tensors.items() if name.startswith(_STUDENT)}
        of_users = {name: tensors[name] for name in ("users", "taught", "lost")}
        state = OnlineState(student=Student.from_arrays(arrays), **of_users, **told)
    except (OSError, ValueError, KeyError, TypeError, SafetensorError, ReleaseError):
        return OnlineState.begin(run, student)
    if state.run != name_of(run) or state.student.asking.shape != student.asking.shape:
        return OnlineState.begin(run, student)
    return state
