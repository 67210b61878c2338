"""Embeddings of the knowledge graph alone: one file a model, behind one protocol."""

from gnn.kge.complex import ComplEx
from gnn.kge.distmult import DistMult
from gnn.kge.evaluate import evaluate_facts
from gnn.kge.model import KnowledgeModel
from gnn.kge.rotate import RotatE
from gnn.kge.train import KgeConfig, TrainedEmbedding, train_embedding
from gnn.kge.transe import TransE

__all__ = [
    "ComplEx",
    "DistMult",
    "KgeConfig",
    "KnowledgeModel",
    "RotatE",
    "TrainedEmbedding",
    "TransE",
    "evaluate_facts",
    "train_embedding",
]
