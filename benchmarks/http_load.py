"""Load on the service from a process of its own: requests at a steady rate, whether or not earlier ones were answered.

How long a request took is counted from when it was due, so a service that falls behind does not slow its own measure.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

import httpx
import numpy as np

SECONDS, WARMING_S = 10.0, 5.0
_FIRST_PER_S, _GROWTH = 50.0, 1.25
_BEHIND_MS = 250.0  # p99 from which on a rate is no longer sustained
_MOST_CONNECTIONS = 64
_STATUS_OK = 200


def sustained(address: str, users: Sequence[str], k: int, share: float, say: Callable[[str], None]) -> dict[str, float]:
    """Return the highest rate sustained, and milliseconds at a share of it, with the number of errors there."""
    _measured(address, users, k, _FIRST_PER_S, WARMING_S)
    per_s, highest = _FIRST_PER_S, 0.0
    while True:
        found = _measured(address, users, k, per_s, SECONDS)
        say(f"{per_s:.0f} a second: p50 {found['p50']:.2f} ms, p99 {found['p99']:.2f} ms, {found['errors']:.0f} errors")
        if found["errors"] or found["p99"] > _BEHIND_MS:
            break
        highest, per_s = per_s, per_s * _GROWTH
    _measured(address, users, k, share * highest, WARMING_S)  # what the load that was too high left behind is no part of it
    at_share = _measured(address, users, k, share * highest, 2 * SECONDS)
    return {
        "qps": highest,
        "http_at_qps": share * highest,
        "http_p50_ms": at_share["p50"],
        "http_p99_ms": at_share["p99"],
        "http_errors": at_share["errors"],
    }


def _measured(address: str, users: Sequence[str], k: int, per_s: float, seconds: float) -> dict[str, float]:
    """Have a process of its own send requests; return percentiles in milliseconds, and the number of errors."""
    rng = np.random.default_rng(round(per_s))
    asked = {"address": address, "per_s": per_s, "k": k, "users": rng.choice(users, round(per_s * seconds)).tolist()}
    ended = subprocess.run(
        [sys.executable, "-m", "benchmarks.http_load"], input=json.dumps(asked), capture_output=True, text=True, check=True
    )
    found: dict[str, float] = json.loads(ended.stdout)
    return found


async def _send(address: str, users: Sequence[str], k: int, per_s: float) -> dict[str, float]:
    limits = httpx.Limits(max_connections=_MOST_CONNECTIONS, max_keepalive_connections=_MOST_CONNECTIONS)
    millis: list[float] = []
    errors = 0
    async with httpx.AsyncClient(base_url=address, limits=limits, timeout=30) as client:
        began = time.perf_counter()

        async def ask(user: str, due: float) -> None:
            nonlocal errors
            try:
                answer = await client.post("/recommend", json={"user": user, "k": k})
                errors += answer.status_code != _STATUS_OK or len(answer.json()["items"]) != k
            except httpx.HTTPError:
                errors += 1
            millis.append(1000 * (time.perf_counter() - due))

        under_way: list[asyncio.Task[None]] = []
        for number, user in enumerate(users):
            due = began + number / per_s
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            under_way.append(asyncio.create_task(ask(user, due)))
        await asyncio.gather(*under_way)
    p50, p99 = np.percentile(millis, [50, 99])
    return {"p50": float(p50), "p99": float(p99), "errors": errors}


def _main() -> None:
    asked: dict[str, Any] = json.load(sys.stdin)
    print(json.dumps(asyncio.run(_send(asked["address"], asked["users"], asked["k"], asked["per_s"]))))


if __name__ == "__main__":
    _main()
