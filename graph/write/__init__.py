"""Tables into the graph: constraints, nodes, relationships, in batches; running it again changes nothing."""

from graph.write.report import WriteReport, Written
from graph.write.writer import GraphWriter, write_tables

__all__ = ["GraphWriter", "WriteReport", "Written", "write_tables"]
