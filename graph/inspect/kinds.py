"""Which labels stand for kinds of nodes, where nodes have several labels and labels contain others."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from graph.counts import GraphCounts
from graph.inspect.sample import NodeSample

_NEARLY_ALL = 0.9


def choose_labels(counts: GraphCounts, samples: Mapping[str, NodeSample], unique: Collection[str]) -> list[str]:
    """Return labels that between them cover the nodes, each node by one of them where that can be.

    A label that most nodes of the graph have, beside others of their own, says nothing and is left out. Of labels that go
    together, one that a constraint gives a key (``unique``) stands for all, else the one with most nodes; a label whose nodes
    another one covers already is left out.
    """
    candidates = [label for label in counts.nodes if not _says_nothing(label, counts, samples)]
    order = sorted(candidates, key=lambda label: (label not in unique, -counts.nodes[label], label))
    chosen: list[str] = []
    for label in order:
        sets = samples[label].labels
        covered = sum(any(other in labels for other in chosen) for labels in sets)
        # Some overlap is borne, as with people who are users and authors; a label within others brings nothing new.
        if covered < 0.5 * len(sets) or not sets:
            chosen.append(label)
    return sorted(chosen, key=lambda label: (-counts.nodes[label], label))


def _says_nothing(label: str, counts: GraphCounts, samples: Mapping[str, NodeSample]) -> bool:
    sets = samples[label].labels
    others = {other for labels in sets for other in labels if other != label and other in counts.nodes}
    beside = sum(bool(labels & others) for labels in sets)
    return (
        counts.nodes[label] >= _NEARLY_ALL * counts.num_nodes
        and beside >= _NEARLY_ALL * len(sets)
        and len({labels - {label} for labels in sets}) > 1
    )
