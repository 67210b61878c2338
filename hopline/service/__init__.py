"""The HTTP service: what is asked of the graph, and events into it, for programs that do not speak Bolt."""
