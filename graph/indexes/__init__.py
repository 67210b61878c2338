"""What answering needs beside vectors: key constraints, vector indexes, popular items; looked at, mended, or built anew."""

from graph.indexes.job import Job, ask_job, read_job, told_job
from graph.indexes.parts import Part, read_parts
from graph.indexes.refresh import refresh

__all__ = ["Job", "Part", "ask_job", "read_job", "read_parts", "refresh", "told_job"]
