"""The command line: one file a group of commands, in the order that data flows."""

from hopline.cli.app import main

__all__ = ["main"]
