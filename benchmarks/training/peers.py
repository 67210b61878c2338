"""RecBole's and PyTorch Geometric's LightGCN, trained by processes of their own in an environment made for them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import tempfile
import venv
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from benchmarks.training.curve import Curve, Point
from gnn.evaluate import evaluate
from gnn.holdout import Holdout
from gnn.interactions import Interactions
from gnn.vector_scorer import VectorScorer
from hopline.errors import InputError

HERE = Path(__file__).resolve().parent
ENVIRONMENT = HERE.parents[1] / "build" / "peers"
# torch and the rest are taken from the benchmark's own environment. RecBole asks for ray, which only its tuning needs.
PINNED = (
    "recbole==1.2.1",
    "torch-geometric==2.8.1",
    "numpy==1.26.4",
    "scipy==1.11.4",
    "pandas==2.2.3",
    "setuptools==80.9.0",
    "colorama==0.4.6",
    "colorlog==6.12.0",
    "texttable==1.7.2",
    "thop==0.1.1.post2209072238",
    "xxhash==4.1.0",
    "aiohttp==3.14.5",
)


@dataclass(frozen=True)
class Peer:
    """A program of this folder, and its step size in its defaults or its example."""

    name: str
    program: str
    learning_rate: float


PEERS = (Peer("recbole", "recbole_lightgcn.py", 0.001), Peer("pyg", "pyg_lightgcn.py", 0.001))


def make_environment(say: Callable[[str], None]) -> Path:
    """Return the interpreter of the peers' environment, made at first.

    Raises:
        InputError: it cannot be made; the message says why.
    """
    python = ENVIRONMENT / "bin" / "python"
    stamp = ENVIRONMENT / "pinned.txt"
    pinned = "\n".join((sys.version, *PINNED))
    if stamp.is_file() and stamp.read_text() == pinned:
        return python
    say(f"making an environment for the peers in {ENVIRONMENT}")
    venv.create(ENVIRONMENT, clear=True, with_pip=True)
    (Path(sysconfig.get_path("purelib", vars={"base": str(ENVIRONMENT)})) / "ours.pth").write_text(
        sysconfig.get_path("purelib")
    )
    made = subprocess.run(
        [python, "-m", "pip", "install", "--quiet", "--no-deps", "--disable-pip-version-check", *PINNED],
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode:
        raise InputError(f"the peers could not be installed in {ENVIRONMENT}: {made.stderr.strip()[-500:]}")
    stamp.write_text(pinned)
    return python


def train_peer(
    python: Path, peer: Peer, learning_rate: float, train: Interactions, holdout: Holdout, budget_s: float, patience_s: float
) -> Curve:
    """Return a peer's validation curve: until so many seconds of training brought nothing better, or it took so many.

    Raises:
        InputError: it failed; the message has its last words.
    """
    with tempfile.TemporaryDirectory(prefix="hopline-peer-") as scratch:
        folder = Path(scratch)
        np.savez(
            folder / "given.npz",
            users=train.user_index,
            items=train.item_index,
            num_users=train.num_users,
            num_items=train.num_items,
            epochs=100_000,  # it is told when to stop
            learning_rate=learning_rate,
            threads=torch.get_num_threads(),
        )
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        with (
            (folder / "said.txt").open("w+") as said,
            subprocess.Popen(
                [python, HERE / peer.program, "given.npz"],
                cwd=folder,
                env=environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=said,
                text=True,
            ) as process,
        ):
            assert process.stdin is not None
            assert process.stdout is not None
            curve = Curve(f"{peer.name}, {learning_rate:g}", len(train.user_index))
            for line in process.stdout:
                told = json.loads(line)
                with np.load(folder / "vectors.npz") as vectors:
                    scorer = VectorScorer(vectors["users"], vectors["items"])
                metrics = evaluate(scorer, holdout, ks=(20,)).metrics
                curve.points.append(Point(told["epoch"], told["seconds"], metrics["ndcg@20"]))
                if curve.waited_s() >= patience_s or told["seconds"] >= budget_s:
                    break
                process.stdin.write("on\n")
                process.stdin.flush()
            process.stdin.close()
            failed = process.wait()
            said.seek(0)
            if failed or not curve.points:
                raise InputError(f"{peer.program} failed in {ENVIRONMENT}: {said.read().strip()[-500:]}")
    return curve
