"""The models there are, by name."""

from __future__ import annotations

from typing import Literal

from gnn.kge.complex import ComplEx
from gnn.kge.distmult import DistMult
from gnn.kge.model import KnowledgeModel
from gnn.kge.rotate import RotatE
from gnn.kge.transe import TransE

ModelName = Literal["transe", "distmult", "complex", "rotate"]

MODELS: dict[ModelName, type[KnowledgeModel]] = {
    "transe": TransE,
    "distmult": DistMult,
    "complex": ComplEx,
    "rotate": RotatE,
}
