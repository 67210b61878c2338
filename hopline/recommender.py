"""The public face: from files or a graph to recommendations, in the verbs people know."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hopline.checkup import Checkup, check_up
from hopline.publisher import Publisher


class Recommender(Publisher):
    """One graph, one configuration, one active release.

    What is asked of them is :class:`hopline.asker.Asker`'s, what goes in and out :class:`hopline.keeper.Keeper`'s, what is
    learnt :class:`hopline.learner.Learner`'s, and what serves :class:`hopline.publisher.Publisher`'s.

    Use it as a context manager, or call :meth:`close`. Without ``NEO4J_URI`` in the environment an embedded Neo4j is
    started and used; it goes on after the program ends (``hopline down`` stops it).

    Example: a folder with RecBole's atomic files, here users who rated films:

        >>> with Recommender.from_config() as recommender:
        ...     report = recommender.load("films")
        ...     fitted = recommender.compile(train={"epochs": 5}).fit()
        ...     release = recommender.publish()
        ...     found = recommender.recommend("ann", k=2)
        ...     why = recommender.reason("ann", found.items[0].id)
        >>> print(report.written.nodes[0].rows, "users,", report.written.nodes[1].rows, "films")
        20 users, 20 films
        >>> release.version, len(found.items), found.by_model
        (1, 2, True)
        >>> print(found.statement.splitlines()[1])
        OPTIONAL MATCH (u:`User`) WHERE u.`id` IN ["ann"]
    """

    @staticmethod
    def doctor(path: str | Path | None = None, *, estimate: bool = True, **overrides: Any) -> Checkup:
        """Look at versions, server, rights, indexes, schema, disk and memory, and estimate what training needs; change nothing.

        The embedded server is asked if it runs, and not started. ``estimate`` False leaves out the estimate, which takes some
        ten seconds; the others as for :meth:`from_config`. What is wrong is a finding, not an error.
        """
        return check_up(None if path is None else Path(path), estimate, **overrides)
