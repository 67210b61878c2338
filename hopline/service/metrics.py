"""Figures of the service in Prometheus's form."""

from __future__ import annotations

import os

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest, multiprocess

_SECONDS = (0.001, 0.002, 0.004, 0.008, 0.016, 0.032, 0.064, 0.128, 0.256, 0.512, 1, 2, 4, 8)
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

    def text(self) -> bytes:
        """Return all of it as Prometheus reads it."""
        if _SHARED not in os.environ:
            return generate_latest(self._registry)
        together = CollectorRegistry()
        multiprocess.MultiProcessCollector(together)  # type: ignore[no-untyped-call]
        return generate_latest(together)
