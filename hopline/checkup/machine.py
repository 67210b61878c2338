"""The memory and disk of this machine, against what a run will need."""

from __future__ import annotations

from pathlib import Path

import psutil

from graph.checkup import Finding
from graph.checkup.embedded import existing
from graph.server.disk import MIB, free_bytes
from hopline.estimate import Estimate

_CGROUP = Path("/sys/fs/cgroup")
_COMFORTABLE = 0.8  # of what is available; an estimate is not exact


def check_memory(estimate: Estimate | None) -> Finding:
    """Say how much memory there is, and whether training fits into it."""
    total, available = memory()
    told = f"{available / MIB:,.0f} of {total / MIB:,.0f} MiB available"
    if estimate is None:
        return Finding.ok("memory", told)
    told += f"; training is estimated to need {estimate.memory_bytes / MIB:,.0f} MiB"
    smaller = "lower model.embedding_size or train.fanout, name fewer features, or use a machine with more memory"
    if estimate.memory_bytes > total:
        return Finding.problem("memory", told, smaller)
    if estimate.memory_bytes > _COMFORTABLE * available:
        return Finding.warning("memory", told, f"end other programs; or {smaller}")
    return Finding.ok("memory", told)


def check_disk(folder: Path, estimate: Estimate | None) -> Finding:
    """Say how much room the run folder has, and whether a run fits into it."""
    free = free_bytes(existing(folder))
    told = f"{free / MIB:,.0f} MiB free for {folder}"
    if estimate is None:
        return Finding.ok("disk of runs", told)
    needed = 2 * estimate.cache_bytes + estimate.run_bytes  # a renewed cache is written beside the old one
    release = f"a release {estimate.release_bytes / MIB:,.0f} MiB in the store"
    told += f"; a run is estimated to need {needed / MIB:,.0f} MiB, and {release}"
    if needed > free:
        return Finding.problem("disk of runs", told, "free some space, or set run_folder to another disk")
    return Finding.ok("disk of runs", told)


def memory() -> tuple[int, int]:
    """Return the bytes of memory in all and available, those of the container where it is given less than the machine."""
    found = psutil.virtual_memory()
    total, available = int(found.total), int(found.available)
    try:
        limit = int((_CGROUP / "memory.max").read_text())
        used = int((_CGROUP / "memory.current").read_text())
    except (OSError, ValueError):  # no control group, or one without a limit
        return total, available
    return min(total, limit), min(available, max(0, limit - used))
