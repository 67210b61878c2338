"""What `hopline doctor` looks at on the database's side; nothing here starts, changes or leaves anything."""

from graph.checkup.finding import Finding, Status

__all__ = ["Finding", "Status"]
