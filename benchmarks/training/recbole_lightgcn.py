"""RecBole's LightGCN by its own trainer and defaults; runs in the peers' environment (:mod:`benchmarks.training.peers`)."""

from __future__ import annotations

from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
import pandas as pd
import peer_process
import torch
from recbole.config import Config
from recbole.data import create_dataset, data_preparation
from recbole.model.general_recommender import LightGCN
from recbole.trainer import Trainer
from recbole.utils import init_seed


class Told(Trainer):  # type: ignore[misc]
    """Its trainer, which tells of each epoch."""

    seconds = 0.0

    def _train_epoch(self, train_data: Any, epoch_idx: int, *args: Any, **kwargs: Any) -> Any:
        started = perf_counter()
        loss = super()._train_epoch(train_data, epoch_idx, *args, **kwargs)
        self.seconds += perf_counter() - started
        with torch.no_grad():
            users, items = (vectors.numpy() for vectors in self.model.forward())
        peer_process.tell(epoch_idx + 1, self.seconds, users[self.users], items[self.items])
        return loss


def main() -> None:
    """Train as its quick start does, without evaluations of its own."""
    given = peer_process.given()
    folder = Path("peer")
    folder.mkdir()
    # It knows users and items by interactions: those without one in train have one in parts that are not used.
    everybody = range(max(given.num_users, given.num_items))
    rest = {"u": [n % given.num_users for n in everybody], "i": [n % given.num_items for n in everybody]}
    for part, frame in (
        ("train", pd.DataFrame({"u": given.users, "i": given.items})),
        ("valid", pd.DataFrame(rest)),
        ("test", pd.DataFrame(rest)),
    ):
        frame.columns = ["user_id:token", "item_id:token"]
        frame.to_csv(folder / f"peer.{part}.inter", sep="\t", index=False)
    config = Config(
        model="LightGCN",
        dataset="peer",
        config_dict={
            "data_path": ".",
            "benchmark_filename": ["train", "valid", "test"],
            "load_col": {"inter": ["user_id", "item_id"]},
            "use_gpu": False,
            "epochs": given.epochs,
            "learning_rate": given.learning_rate,
            "show_progress": False,
            "log_wandb": False,
        },
    )
    init_seed(config["seed"], config["reproducibility"])
    torch.set_num_threads(given.threads)
    train_data, _, _ = data_preparation(config, create_dataset(config))
    model = LightGCN(config, train_data.dataset)
    trainer = Told(config, model)
    trainer.users, trainer.items = (
        train_data.dataset.token2id(field, np.arange(count).astype(str))
        for field, count in (("user_id", given.num_users), ("item_id", given.num_items))
    )
    trainer.fit(train_data, saved=False, verbose=False)


if __name__ == "__main__":
    main()
