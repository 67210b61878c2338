"""Figures of the service in Prometheus's form."""

from __future__ import annotations

import os
import time

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest, multiprocess

from graph.freshness import Freshness

_SECONDS = (0.001, 0.002, 0.004, 0.008, 0.016, 0.032, 0.064, 0.128, 0.256, 0.512, 1, 2, 4, 8)
_UNKNOWN = float("nan")
_SHARED = "PROMETHEUS_MULTIPROC_DIR"


class Metrics:
    """What one process counts; of several processes, which share a folder, all are told together."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self.requests = Histogram(
            "hopline_request_seconds",
            "Time from a request's head to the end of its answer",
            ("route", "status"),
            buckets=_SECONDS,
            registry=self._registry,
        )
        self.items = Histogram(
            "hopline_answer_items",
            "Items of an answer, by what gave them",
            ("source",),
            buckets=(0, 1, 5, 10, 20, 50, 100, 1000),
            registry=self._registry,
        )
        self.candidates = Histogram(
            "hopline_answer_candidates",
            "Candidates that an index was asked for, by the reading that answered",
            ("route",),
            buckets=(10, 20, 50, 100, 200, 500, 1000, 2000, 5000),
            registry=self._registry,
        )
        self.fallbacks = Counter(
            "hopline_fallbacks", "Answers of popular items, by the reason for it", ("reason",), registry=self._registry
        )
        self.events = Counter("hopline_events", "Events, by what came of them", ("outcome",), registry=self._registry)
        self.event_seconds = Histogram(
            "hopline_event_seconds",
            "Time from the arrival of events to their being in the graph",
            buckets=_SECONDS,
            registry=self._registry,
        )
        self.waiting = Gauge(
            "hopline_events_waiting",
            "Events that wait to be written",
            registry=self._registry,
            multiprocess_mode="livesum",
        )
        self.release = Gauge(
            "hopline_release_version", "The release that serves", registry=self._registry, multiprocess_mode="livemax"
        )
        self.release_age = Gauge(
            "hopline_release_age_seconds",
            "Since the release that serves was published",
            registry=self._registry,
            multiprocess_mode="livemax",
        )
        self.ready = Gauge(
            "hopline_ready", "1 while Neo4j answers and a release serves", registry=self._registry, multiprocess_mode="livemin"
        )

        self._learnt_age = self._read_of_graph(
            "hopline_learnt_age_seconds", "Since the graph was read that the release which serves has learnt from"
        )
        self._not_learnt = self._read_of_graph(
            "hopline_interactions_not_learnt",
            "Interactions that tell of liking, since then; answers know of them",
        )
        self._event_age = self._read_of_graph("hopline_last_event_age_seconds", "Since events came last, new or again")
        self._look_age = self._read_of_graph("hopline_online_look_age_seconds", "Since `hopline learn` looked last")
        self._round_age = self._read_of_graph("hopline_online_round_age_seconds", "Since its last round that had enough events")
        self._drift = self._read_of_graph(
            "hopline_online_drift", "Mean cosine distance of what items are asked with from what training released"
        )
        self._overlap = self._read_of_graph(
            "hopline_online_overlap", "Share of their first ten items that users without new events kept in that round"
        )
        self._ndcg = self._read_of_graph(
            "hopline_online_ndcg", "NDCG@20 of that round's events, foretold before they were learnt", ("student",)
        )
        self._due = self._read_of_graph("hopline_training_due", "1 while training anew is due")
        self.unread = Counter(
            "hopline_figures_unread",
            "Readings of freshness and drift that failed, as where Neo4j is away; figures stay as they were",
            registry=self._registry,
        )

    def _read_of_graph(self, name: str, told: str, labels: tuple[str, ...] = ()) -> Gauge:
        """Return a figure that each process reads of the graph: the one read last is told, not a number until it is known."""
        gauge = Gauge(name, told, labels, registry=self._registry, multiprocess_mode="livemostrecent")
        if not labels:
            gauge.set(_UNKNOWN)
        return gauge

    def show(self, found: Freshness) -> None:
        """Show how far what serves is behind the graph."""
        now, last = time.time(), found.round
        self._learnt_age.set(_age(now, found.learnt_at))
        self._not_learnt.set(_UNKNOWN if found.num_not_learnt is None else found.num_not_learnt)
        self._event_age.set(_age(now, found.event_at))
        self._look_age.set(_age(now, last.get("looked_at")))
        self._round_age.set(_age(now, last.get("round_at")))
        self._drift.set(last.get("drift", _UNKNOWN))
        self._overlap.set(last.get("overlap", _UNKNOWN))
        self._ndcg.labels("taught").set(last.get("ndcg", _UNKNOWN))
        self._ndcg.labels("released").set(last.get("released_ndcg", _UNKNOWN))
        self._due.set(bool(last["due"]) if "due" in last else _UNKNOWN)

    def text(self) -> bytes:
        """Return all of it as Prometheus reads it."""
        if _SHARED not in os.environ:
            return generate_latest(self._registry)
        together = CollectorRegistry()
        multiprocess.MultiProcessCollector(together)  # type: ignore[no-untyped-call]
        return generate_latest(together)


def _age(now: float, at: float | None) -> float:
    """Return how long ago a moment was, by clocks that may differ."""
    return _UNKNOWN if at is None else max(0.0, now - at)
