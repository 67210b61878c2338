"""Learning from events while a release serves: what users ask with is taught, and published where it stays within bounds."""
