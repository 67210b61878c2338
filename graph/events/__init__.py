"""Events as they happen: one schema of what an event says, what it means in a graph, and writing many at once, each once."""

from graph.events.config import EventsConfig
from graph.events.event import Context, Event, Fact, Shown, read_event
from graph.events.forget import forget_events
from graph.events.ready import ReadyEvent
from graph.events.resolve import EventReader
from graph.events.write import EventWriter, Taken

__all__ = [
    "Context",
    "Event",
    "EventReader",
    "EventWriter",
    "EventsConfig",
    "Fact",
    "ReadyEvent",
    "Shown",
    "Taken",
    "forget_events",
    "read_event",
]
