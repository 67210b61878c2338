"""What a score was made of: how much each relationship brought to it, the paths these lie on, and whether that is true."""

from gnn.attribution.faithfulness import Faithfulness, measure_faithfulness
from gnn.attribution.integrated_gradients import Attribution, attribute
from gnn.attribution.paths import Path, Paths, choose_paths, find_paths
from gnn.attribution.propagation import Propagation

__all__ = [
    "Attribution",
    "Faithfulness",
    "Path",
    "Paths",
    "Propagation",
    "attribute",
    "choose_paths",
    "find_paths",
    "measure_faithfulness",
]
