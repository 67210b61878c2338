"""Matrix factorisation as a release: what serves well where interactions are all there is."""

from __future__ import annotations

import numpy as np

from gnn.baselines import IALS
from gnn.evaluate import evaluate
from gnn.watched import ranking_metric
from graph.embeddings import Embeddings, ReleaseDraft
from graph.progress import OnStage
from graph.snapshot import Snapshot
from hopline.config import Config
from hopline.errors import TrainingError
from hopline.fit import CUTOFFS
from hopline.peers import fit_peer
from hopline.split_log import prepare
from loaders.features import FittedFeatures


def draft_ials(snapshot: Snapshot, config: Config, read_at: int, on_stage: OnStage) -> ReleaseDraft:
    """Tune iALS on validation, fit it on train and validation, and measure it on test, all as ``[split]`` says.

    Users without an interaction of liking get zeros, as a user whom nothing is known of: popular items are theirs.

    Raises:
        InputError: the graph cannot be cleaned or split as configured.
        TrainingError: nothing is held out to validate on.
    """
    prepared = prepare(snapshot, config.clean, config.behaviours, config.split, read_at)
    parts = prepared.split_log
    log = parts.log
    if not len(parts.split.valid):
        raise TrainingError(f"of {len(log)} interactions none is held out to tune iALS on; load more, or raise split.valid")
    on_stage("tuning iALS on validation", 0, 0)
    train, valid, both = (parts.liked(rows) for rows in (parts.split.train, parts.split.valid, parts.learnt))
    peer = fit_peer(IALS, train, valid, both, ranking_metric(config.train.metric, config.tasks))
    model = peer.scorer
    metrics = {f"valid/{name}": value for name, value in peer.valid.items()}
    if len(parts.split.test):
        metrics |= evaluate(model, parts.test(), ks=CUTOFFS).metrics
    told = ", ".join(f"{name} {value:g}" for name, value in peer.params.items())
    on_stage(f"fitted iALS with {told} in {peer.tune_s + peer.fit_s:.0f} s", 0, 0)
    return ReleaseDraft(
        users=Embeddings(snapshot.schema.user.label, log.user_ids, np.ascontiguousarray(model.users)),
        items=tuple(
            Embeddings(label, ids, np.ascontiguousarray(model.items[log.items.places[label]]))
            for label, ids in log.items.ids.items()
            if len(ids)
        ),
        config=config.model_dump(mode="json") | {"ials": peer.params},
        metrics=metrics,
        popular=parts.popular(),
        features=FittedFeatures(labels={}).to_json(),
        data={"interactions": prepared.interactions, "read_at": read_at},
    )
