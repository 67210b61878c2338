"""What a task learns from, a batch at a time: examples, and the source that draws them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from loaders.sampling.learning_graph import EdgeType

if TYPE_CHECKING:
    from typing import Self


class Examples(Protocol):
    """A batch of one edge type's examples.

    Node numbers are dense indices of the graph until :meth:`relabel` turns them into rows of a subgraph's output.
    """

    def nodes(self) -> dict[str, NDArray[np.int64]]:
        """Return the nodes whose vectors are needed, by label (with repeats)."""
        ...

    def relabel(self, seeds: dict[str, NDArray[np.int64]]) -> Self:
        """Replace dense indices by positions in ``seeds`` (sorted, distinct)."""
        ...

    def hidden_pairs(self) -> tuple[EdgeType, NDArray[np.int64], NDArray[np.int64]] | None:
        """Return the pairs of nodes whose edges must not be seen in the step, sources and targets; None: none are hidden."""
        ...

    def __len__(self) -> int:
        """Return how many true edges are learnt from."""
        ...


ExamplesT_co = TypeVar("ExamplesT_co", bound=Examples, covariant=True)


class Source(Protocol[ExamplesT_co]):
    """Draws batches; the same (seed, epoch, step) always gives the same one."""

    @property
    def num_batches(self) -> int:
        """Batches in one pass over what there is."""
        ...

    def draw(self, seed: int, epoch: int, step: int, rng: np.random.Generator) -> ExamplesT_co:
        """Return batch ``step`` of ``epoch``; ``rng`` draws the negatives."""
        ...


def nodes_by_label(etype: EdgeType, source: NDArray[np.int64], target: NDArray[np.int64]) -> dict[str, NDArray[np.int64]]:
    """Return both ends' nodes by label, together where an edge type joins nodes of one label."""
    source_label, _, target_label = etype
    if source_label == target_label:
        return {source_label: np.concatenate([source, target])}
    return {source_label: source, target_label: target}
