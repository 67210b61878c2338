"""Plots for people: what compressing found, releases by their metrics, a map of items. Needs the extra ``plots``."""
