"""Small vectors out of the database against the large ones they were taught by: an eighth, a 32nd and a 64th of their bytes.

The network, fused with EASE and iALS, is the teacher. What is distilled from it is published and asked of Neo4j for every test
user; how many numbers a vector has follows from the bytes allowed. Test interactions never enter the graph.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.data_sets import DataSet, find
from benchmarks.loop import K, served_ndcg
from benchmarks.server import fresh_database
from gnn.evaluate import evaluate
from gnn.holdout import Holdout
from gnn.vector_scorer import of_length_one
from graph.codes import Code, num_bytes
from graph.releases import Release
from hopline.compressed_file import Compressed, read_compressed, remove_compressed, write_compressed
from hopline.compression import Tried
from hopline.config import Config, read_config
from hopline.recommender import Recommender
from hopline.run_folder import read_run
from hopline.teacher_file import read_teacher

FORMS: dict[str, tuple[int, tuple[Code, ...]]] = {
    "": (8, ("float32", "int8")),
    "_32nd": (32, ("int8",)),
    "_64th": (64, ("int8", "int4")),
}
"""By the suffix of their figures: what part of the teacher's bytes a vector may take, and the codes that its numbers may be in.

Of several, that which keeps most on validation is taken."""
BEST_PEER = {"ml100k": 0.4408, "lastfm-kg": 0.2372}
"""NDCG@20 of the best peer on the same split, from the README of the data: EASE, and ItemKNN."""
_FLOAT_BYTES = 4


def run(dataset: str | None, say: Callable[[str], None]) -> dict[str, Any]:
    """Return the figures of one training run; those of the smaller parts end in ``_32nd`` and ``_64th``.

    ``valid_ratio`` is what validation said of what is left of the teacher, ``alike_kept`` the share of each item's nearest 20
    by cosine that are still among them. ``property_bytes``, ``index_bytes`` and ``store_bytes`` are counted on disk, each form
    in a store of its own, ``before`` with the teacher's vectors and ``after`` with the small ones; ``graph_bytes`` with none.
    Nothing is kept in memory beside Neo4j, ``table_bytes``. Users have the length of their vector beside it, 4 bytes; what
    items have for users not learnt from, a byte a number and 4, is left out.
    """
    data = find(dataset or "ml100k")
    both, test = data.interactions("trainvalid"), data.interactions("test")
    holdout = Holdout(both, test)
    with tempfile.TemporaryDirectory(prefix="hopline-compress-") as scratch:
        folder = Path(scratch)
        data.copy_without_test(folder / "files")
        config = read_config(run_folder=folder / "run", split=data.split_config())
        forms = {}
        with fresh_database() as database:
            recommender = Recommender(config, database)
            say(recommender.load(folder / "files").written.summary())
            recommender.fit(on_epoch=lambda record: say(f"epoch {record.epoch}: {record.losses} {record.metrics}"))
            whole, teacher = read_run(config.run_folder), read_teacher(config.run_folder)
            forms["teacher"] = Compressed(teacher.learnt, {}, {})
            teacher_bytes = _FLOAT_BYTES * teacher.learnt.items.shape[1]
            valid = {}
            for suffix, (part, codes) in FORMS.items():
                tried = [_compress(recommender, teacher_bytes // part, code, say) for code in codes]
                valid[suffix], forms[suffix] = max(tried, key=lambda one: one[0].ratio)
        figures: dict[str, Any] = {
            "dataset": data.name,
            "teacher_ndcg": evaluate(data.scorer(whole.serving(forms["teacher"])), holdout, ks=(K,)).metrics[f"ndcg@{K}"],
            "teacher_bytes_per_node": teacher_bytes,
            "best_peer_ndcg": BEST_PEER[data.name],
            "table_bytes": 0,
        }
        stores = {"graph": _Store.of(None, config, folder, data, None, say)}
        stores |= {name: _Store.of(form, config, folder, data, holdout, say) for name, form in forms.items()}
    graph, before = stores["graph"].sizes, stores["teacher"].sizes
    figures |= {"graph_bytes": graph.store, "teacher_served_ndcg": stores["teacher"].ndcg}
    figures |= {"store_bytes_before": before.store, **_grown(before, graph, "before")}
    for suffix in FORMS:
        store, chosen = stores[suffix], valid[suffix]
        own = {
            "numbers": chosen.size,
            "code": store.code,
            "valid_ratio": chosen.ratio,
            "alike_kept": _alike_kept(forms["teacher"].vectors.items, store.items),
            "served_ndcg": store.ndcg,
            "ratio": store.ndcg / figures["teacher_ndcg"],
            "served_bytes_per_node": chosen.num_bytes,
            "size_ratio": chosen.num_bytes / teacher_bytes,
            "store_bytes_after": store.sizes.store,
            **_grown(store.sizes, graph, "after"),
            "ratio_peer": store.ndcg / BEST_PEER[data.name],
        }
        figures |= {name + suffix: value for name, value in own.items()}
    return figures


def _compress(recommender: Recommender, most_bytes: int, code: Code, say: Callable[[str], None]) -> tuple[Tried, Compressed]:
    """Return as many numbers as so many bytes hold, and what validation says of them."""
    size = max(size for size in range(1, 2 * most_bytes) if num_bytes(size, code) <= most_bytes)
    report = recommender.compile(compress={"code": code}).compress(size)
    say(f"{code}, {report.teacher_bytes} bytes before: {report.chosen}")
    found = read_compressed(recommender.config.run_folder)
    if found is None:
        raise AssertionError("what was compressed is not there")
    return report.chosen, replace(found, student=None)


@dataclass(frozen=True)
class _Sizes:
    """Bytes on disk: of properties, of vector indexes, of the whole store."""

    properties: int
    indexes: int
    store: int

    @classmethod
    def of(cls, home: Path) -> _Sizes:
        """Measure a server that has stopped."""
        store = home / "data" / "databases" / "neo4j"
        size = {path.relative_to(store).as_posix(): path.stat().st_size for path in store.rglob("*") if path.is_file()}
        return cls(
            sum(number for name, number in size.items() if name.startswith("neostore.propertystore.db")),
            sum(number for name, number in size.items() if name.startswith("schema/index/vector")),
            sum(size.values()),
        )


def _alike_kept(whole: NDArray[np.float32], small: NDArray[np.float32]) -> float:
    """Return the share of each item's nearest K by cosine that are still among its nearest."""
    nearest = []
    for items in (whole, small):
        unit = of_length_one(items)
        cosines = unit @ unit.T
        np.fill_diagonal(cosines, -np.inf)
        nearest.append(np.argpartition(-cosines, K, axis=1)[:, :K])
    kept = [len(np.intersect1d(one, other)) for one, other in zip(*nearest, strict=True)]
    return float(np.mean(kept)) / K


def _grown(sizes: _Sizes, graph: _Sizes, when: str) -> dict[str, int]:
    """Return what vectors added to the bytes of the graph alone."""
    return {
        f"property_bytes_{when}": sizes.properties - graph.properties,
        f"index_bytes_{when}": sizes.indexes - graph.indexes,
    }


@dataclass(frozen=True)
class _Store:
    """A form of the vectors in a store of its own: NDCG of what Neo4j answers every test user, and what it takes on disk."""

    ndcg: float
    code: str
    items: NDArray[np.float32]
    sizes: _Sizes

    @classmethod
    def of(
        cls,
        form: Compressed | None,
        config: Config,
        folder: Path,
        data: DataSet,
        holdout: Holdout | None,
        say: Callable[[str], None],
    ) -> _Store:
        """Load the graph, publish a form of the run's vectors and ask; without a form, nothing is published."""
        measured: list[_Sizes] = []
        ndcg, code, items = 0.0, "", np.empty((0, 0), np.float32)
        with fresh_database(lambda home: measured.append(_Sizes.of(home))) as database:
            recommender = Recommender(config, database)
            recommender.load(folder / "files")
            if form is not None and holdout is not None:
                remove_compressed(config.run_folder)
                write_compressed(config.run_folder, form)
                release = recommender.publish()
                code, items = release.code, read_run(config.run_folder).scorer().items
                say(f"asking Neo4j, user by user, for {_told(release)}")
                ndcg = served_ndcg(recommender, holdout, data.index("user_list"), data.index("item_list"))
        return cls(ndcg, code, items, measured[0])


def _told(release: Release) -> str:
    width = release.domains[0].search_widths.deep
    return f"vectors of {release.dimensions} numbers and one, in {release.code}, searched {width} wide"
