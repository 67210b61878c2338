"""One look at what happened since the last: foretold first, then learnt, and held to bounds before it may serve."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gnn.errors import TrainingError
from gnn.inductive import Student
from gnn.inductive.teach import foretell, teach
from gnn.vector_scorer import of_length_one
from graph.snapshot import Snapshot
from hopline.online.config import OnlineConfig
from hopline.online.events import UserEvents
from hopline.online.rows import rows_of
from hopline.online.state import OnlineState
from hopline.run_folder import Run

_QUIET = 500
_REPLAYED_AT_LEAST = 1500


@dataclass(frozen=True)
class RoundReport:
    """What came of one look.

    ``events``: new ones on items that the run knows. ``outcome``: "waiting" for more of them, "learnt", "refused", where the
    step was out of bounds and what served before goes on, or "rolled back" to the student that was released; ``why`` says more.
    ``ndcg`` and ``released_ndcg``: NDCG@20 of the new events, each foretold before it was learnt, by the student as it is and
    as it was released. ``overlap``: the share of the first ten items that users without new events keep; ``drift``: mean cosine
    distance of what items are asked with from what was released. ``due``: why training anew is due, nothing where it is not.
    ``version``: the release that this made, if it did.
    """

    events: int
    outcome: str
    why: str = ""
    ndcg: float | None = None
    released_ndcg: float | None = None
    overlap: float | None = None
    drift: float = 0.0
    due: str = ""
    version: int | None = None

    def told(self, at: float) -> dict[str, Any]:
        """Return what is told of the round to whoever watches, ``at`` when it looked; None is what it did not measure."""
        looked = {"looked_at": at, "outcome": self.outcome, "waiting": self.events, "due": self.due, "drift": self.drift}
        if self.outcome == "waiting":
            return looked
        measured = {"ndcg": self.ndcg, "released_ndcg": self.released_ndcg, "overlap": self.overlap}
        return looked | measured | {"round_at": at, "waiting": 0, "events": self.events, "why": self.why}

    def summary(self) -> str:
        """Return one sentence for people."""
        due = f"; training anew is due, as {self.due}" if self.due else ""
        if self.outcome == "waiting":
            return f"{self.events:,} new events, which wait for more{due}"
        figures = f"NDCG@20 {self.ndcg:.4f}, {self.released_ndcg:.4f} as released" if self.ndcg is not None else ""
        kept = f"; who did nothing keeps {self.overlap:.3f} of ten" if self.overlap is not None else ""
        served = f"; release {self.version} serves" if self.version is not None else ""
        why = f" ({self.why})" if self.why else ""
        return f"{self.outcome}{why}: {self.events:,} events, {figures}{kept}, drift {self.drift:.3f}{served}{due}"


def learn_round(
    run: Run,
    released: Student,
    state: OnlineState,
    snapshot: Snapshot,
    config: OnlineConfig,
    seed: int,
    read_at: float,
    lost: NDArray[np.int64],
) -> tuple[OnlineState, RoundReport]:
    """Return what to remember, and what came of it; the state's student is what should serve.

    ``lost`` int64[num_users] is how many events of each of the run's users were taken back. ``released`` is the student that
    the run ended with, ``read_at`` when the snapshot was read, in seconds since 1970.
    """
    items = run.scorer().items
    user_ids = snapshot.nodes[snapshot.schema.user.label].ids
    row = rows_of(user_ids, run.users.ids)
    gone = np.where(row >= 0, lost[row], 0)
    events = UserEvents.of(snapshot, run, state.taught_of(user_ids, gone))
    new = events.new()
    number_new = len(new)
    if number_new < config.min_events:
        return state, RoundReport(number_new, "waiting", drift=_drift(state.student, released), due=state.due)
    rng = np.random.default_rng((seed, state.rounds))
    if number_new > config.most_events:  # a lesson holds all that its user met before
        new = np.sort(rng.choice(new, config.most_events, replace=False))
    lessons = events.lessons(new)
    gain, released_gain = (foretell(student, items, lessons)[0] for student in (state.student, released))
    counted = {
        "events": state.events + len(new),
        "gain": state.gain + float(gain.sum()),
        "released_gain": state.released_gain + float(released_gain.sum()),
        "learnt": state.learnt + number_new,
        "rounds": state.rounds + 1,
        "learnt_at": read_at,
    }
    after = state.after(events.user_ids, events.number, gone, **counted)
    if not after.due and after.learnt > config.max_new * max(1, int(events.known.sum())):
        after = replace(after, due=f"it has learnt {int(events.known.sum()):,} events, and {after.learnt:,} came since")
    report = RoundReport(
        number_new,
        "refused",
        ndcg=float(gain.mean()),
        released_ndcg=float(released_gain.mean()),
        drift=_drift(state.student, released),
        due=after.due,
    )
    if after.events >= config.judged_events and after.gain < config.min_ratio * after.released_gain:
        why = f"over {after.events:,} events it foretold {after.gain / after.released_gain:.2f} of what the released one did"
        due = "what was learnt since foretold worse than what was released"
        after = replace(after, student=released, events=0, gain=0.0, released_gain=0.0, due=due)
        return after, replace(report, outcome="rolled back", why=why, drift=0.0, due=due)
    quiet = events.quiet(_QUIET, rng)
    number = max(_REPLAYED_AT_LEAST, round(config.teach.replay * len(new)))
    before = events.lessons(events.old(number, rng), as_new_users=True)
    try:
        taught = teach(state.student, released, items, lessons, before, config.teach, seed=int(rng.integers(1 << 31)))
    except TrainingError as error:
        return after, replace(report, why=str(error))
    report = replace(report, overlap=_overlap(*(foretell(one, items, quiet)[1] for one in (state.student, taught))))
    if report.overlap is not None and report.overlap < config.min_overlap:
        why = f"it would leave users without new events {report.overlap:.2f} of their first ten items"
        return after, replace(report, why=why)
    drift = _drift(taught, released)
    if not after.due and drift > config.max_drift:
        after = replace(after, due=f"what items are asked with drifted {drift:.2f} from what was released")
    return replace(after, student=taught), replace(report, outcome="learnt", drift=drift, due=after.due)


def _overlap(before: NDArray[np.int64], after: NDArray[np.int64]) -> float | None:
    if not len(before):
        return None
    return float(np.mean([len(set(one) & set(other)) / max(1, len(one)) for one, other in zip(before, after, strict=True)]))


def _drift(student: Student, released: Student) -> float:
    """Return the mean cosine distance of what items are asked with from what was released, of those that had something."""
    one, other = of_length_one(student.asking), of_length_one(released.asking)
    had = other.any(axis=1)
    return float(1 - np.einsum("nd,nd->n", one, other)[had].mean()) if had.any() else 0.0
