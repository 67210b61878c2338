"""Snapshot → DGL heterograph → sampled minibatches. The only loaders that know DGL.

Everything that needs DGL takes it from here: it is told its backend before it is imported.
"""

import os

# Unset, DGL prints a notice at import and writes a configuration file into the home folder.
os.environ.setdefault("DGLBACKEND", "pytorch")

import dgl

__all__ = ["dgl"]
