"""Click-through prediction by KGCN's protocol, beside popularity and ItemKNN.

Of the interactions with items that the knowledge graph knows, drawn by row, 60 % are learnt from, 20 % validate, 20 % are
measured on; each with one item that its user never played, uniform among those. AUC is over all test pairs at once, F1 at
probability 0.5, of peers at the threshold that is best on validation. What is measured has learnt from the 60 % alone, as the
models that published figures of it; validation decides how long ours trains, its calibration, and the peers' settings. Three
seeds, of the split, the negatives and the model alike.

Source of the protocol: Wang et al. 2019, Knowledge graph convolutional networks (WWW). Their AUC is a mean over batches.
"""

from __future__ import annotations

import itertools
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, stdev
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from benchmarks.data_sets import DataSet, find
from benchmarks.server import fresh_database
from gnn.baselines import Baseline, ItemKNN, Popularity
from gnn.probability_metrics import auc, f1
from hopline.config import read_config
from hopline.errors import InputError
from hopline.recommender import Recommender
from loaders.sampling.pair_source import draw_strangers

SEEDS = (0, 1, 2)
SHARES = (0.6, 0.8)  # where validation and test begin
PEERS: dict[str, type[Baseline]] = {"popularity": Popularity, "itemknn": ItemKNN}


@dataclass(frozen=True)
class _Part:
    """Pairs that happened and as many that did not; ``user``, ``item``: int64[n], by index."""

    user: NDArray[np.int64]
    item: NDArray[np.int64]
    happened: NDArray[np.bool_]

    @property
    def positive(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        return self.user[self.happened], self.item[self.happened]


@dataclass(frozen=True)
class _Plays:
    """The linked interactions, one a row; ids by index."""

    user: NDArray[np.int64]
    item: NDArray[np.int64]
    users: list[str]
    items: list[str]

    def split(self, seed: int) -> list[_Part]:
        """Return train, validation and test."""
        rng = np.random.default_rng(seed)
        rows = rng.permutation(len(self.user))
        met = np.unique(self.user * len(self.items) + self.item)
        parts = []
        for of_part in np.split(rows, [int(share * len(rows)) for share in SHARES]):
            user, item = self.user[of_part], self.item[of_part]
            others, never = draw_strangers(user, met, len(self.items), rng)
            happened = np.arange(len(user) + len(others)) < len(user)
            parts.append(_Part(np.concatenate([user, others]), np.concatenate([item, never]), happened))
        return parts

    def write(self, path: Path, part: _Part) -> None:
        """Write the pairs of a part that happened, as ids."""
        path.write_text("".join(f"{self.users[u]}\t{self.items[i]}\n" for u, i in zip(*part.positive, strict=True)), "utf-8")


def run(dataset: str | None, say: Callable[[str], None]) -> dict[str, Any]:
    """Return means over seeds, and their spread."""
    data = find(dataset or "lastfm-kg")
    plays = _linked_plays(data)
    found: list[dict[str, float]] = []
    peers: dict[str, list[dict[str, float]]] = {name: [] for name in PEERS}
    with tempfile.TemporaryDirectory(prefix="hopline-ctr-") as scratch, fresh_database() as database:
        folder = Path(scratch)
        _write_linked(data, plays, folder / "files")
        recommender = Recommender(read_config(run_folder=folder / "run"), database)
        say(recommender.load(folder / "files").written.summary())
        for seed in SEEDS:
            train, valid, test = plays.split(seed)
            for name, part in (("train", train), ("valid", valid), ("test", test)):
                plays.write(folder / f"{name}.txt", part)
            files = {f"{name}_file": folder / f"{name}.txt" for name in ("train", "valid", "test")}
            config = {"seed": seed, "refit": False, "metric": "click.auc"}
            alone = {"ease": 0.0, "ials": 0.0}  # fused vectors rank, and are not what is measured here
            recommender.compile(train=config, split={"by": "files", **files}, tasks={"click": {}}, fuse=alone).fit()
            pairs = pl.DataFrame({"user": [plays.users[u] for u in test.user], "item": [plays.items[i] for i in test.item]})
            probability = recommender.predict(pairs, "click")["probability"].to_numpy()
            found.append(_figures(probability, test.happened))
            say(f"hopline, seed {seed}: {_told(found[-1])}")
            for name, model in PEERS.items():
                peers[name].append(_measure_peer(model, plays, train, valid, test))
                say(f"{name}, seed {seed}: {_told(peers[name][-1])}")
    means = {name: {metric: mean(one[metric] for one in of) for metric in ("auc", "f1")} for name, of in peers.items()}
    return {
        "dataset": data.name,
        "protocol": "ctr",
        "auc": mean(one["auc"] for one in found),
        "f1": mean(one["f1"] for one in found),
        "spread": {metric: stdev(one[metric] for one in found) for metric in ("auc", "f1")},
        "peer_auc": max(of["auc"] for of in means.values()),
        "peers": means,
        "seeds": found,
    }


def _told(figures: dict[str, float]) -> str:
    return ", ".join(f"{name} {value:.4f}" for name, value in figures.items())


def _figures(probability: NDArray[np.floating], happened: NDArray[np.bool_]) -> dict[str, float]:
    return {"auc": auc(probability, happened), "f1": f1(probability, happened)}


def _measure_peer(kind: type[Baseline], plays: _Plays, train: _Part, valid: _Part, test: _Part) -> dict[str, float]:
    """Fit a model to what happened in train with the settings that order validation best, its odds to validation."""
    best, best_auc = None, -np.inf
    for values in itertools.product(*kind.GRID.values()):
        model = kind(**dict(zip(kind.GRID, values, strict=True)))
        model.fit(*train.positive, len(plays.users), len(plays.items))
        on_valid = auc(_scores(model, valid), valid.happened)
        if on_valid > best_auc:
            best, best_auc = model, on_valid
    assert best is not None
    threshold = _best_threshold(_scores(best, valid), valid.happened)
    scores = _scores(best, test)
    return {"auc": auc(scores, test.happened), "f1": f1((scores >= threshold).astype(np.float64), test.happened)}


def _best_threshold(scores: NDArray[np.float64], happened: NDArray[np.bool_]) -> float:
    """Return the score from which on to foretell that it happened, so that F1 is highest."""
    order = np.argsort(-scores, kind="stable")
    hits = happened[order].cumsum()
    of_threshold = 2 * hits / (np.arange(1, len(order) + 1) + hits[-1])
    is_last = np.append(scores[order][1:] != scores[order][:-1], True)  # equal scores are foretold alike
    return float(scores[order][np.argmax(np.where(is_last, of_threshold, -1.0))])


def _scores(model: Baseline, part: _Part) -> NDArray[np.float64]:
    users, row = np.unique(part.user, return_inverse=True)
    return np.log1p(model.score(users)[row, part.item].astype(np.float64))


def _linked_plays(data: DataSet) -> _Plays:
    links = data.folder / "item_index2entity_id.txt"
    if not links.is_file():
        raise InputError(f"--protocol ctr needs {links}, which says what items the knowledge graph knows; take lastfm-kg")
    linked = {line.split("\t")[0] for line in links.read_text(encoding="utf-8").splitlines()}
    lines = (data.folder / "user_artists.dat").read_text(encoding="utf-8").splitlines()[1:]
    pairs = [(user, item) for user, item, _ in (line.split("\t") for line in lines) if item in linked]
    users, items = (sorted({pair[end] for pair in pairs}, key=int) for end in (0, 1))
    user_index, item_index = ({one: n for n, one in enumerate(ids)} for ids in (users, items))
    return _Plays(
        np.array([user_index[user] for user, _ in pairs]), np.array([item_index[item] for _, item in pairs]), users, items
    )


def _write_linked(data: DataSet, plays: _Plays, folder: Path) -> None:
    """Copy the data set, its interactions cut down to the linked ones."""
    shutil.copytree(data.folder, folder)
    path = folder / "user_artists.dat"
    header, *lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    known = set(plays.items)
    path.write_text(header + "".join(line for line in lines if line.split("\t")[1] in known), encoding="utf-8")
