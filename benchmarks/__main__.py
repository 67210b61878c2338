"""Run a benchmark by name."""

from __future__ import annotations

import argparse
import json
import sys
from functools import partial
from types import ModuleType

from benchmarks import (
    cold,
    compress,
    ctr,
    explain,
    forget,
    freshness,
    index,
    ingest,
    kge,
    latency,
    load,
    loop,
    neighbours,
    online,
    people,
    publish,
    quality,
    scale_parity,
    scenarios,
    snapshot,
    sync,
    tasks,
    training,
)
from hopline.errors import HoplineError

BENCHMARKS = {
    "cold": cold,
    "compress": compress,
    "explain": explain,
    "forget": forget,
    "freshness": freshness,
    "index": index,
    "ingest": ingest,
    "kge": kge,
    "latency": latency,
    "load": load,
    "loop": loop,
    "neighbours": neighbours,
    "online": online,
    "people": people,
    "publish": publish,
    "quality": quality,
    "scale-parity": scale_parity,
    "scenarios": scenarios,
    "snapshot": snapshot,
    "sync": sync,
    "tasks": tasks,
    "training": training,
}


def main() -> int:
    """Parse the command line, run, print."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Measure Hopline on a real embedded Neo4j of its own; progress goes to stderr.",
        epilog="; ".join(f"{name}: {_first_line(module)}" for name, module in BENCHMARKS.items()),
    )
    parser.add_argument("name", choices=sorted(BENCHMARKS))
    parser.add_argument("--dataset", help="ml100k or lastfm-kg; for benchmarks that take one")
    parser.add_argument(
        "--protocol",
        choices=("ranking", "ctr"),
        default="ranking",
        help=f"of quality; ranking: {_first_line(quality)} ctr: {_first_line(ctr)}",
    )
    parser.add_argument(
        "--sizes", type=_sizes, help=f"of index: numbers of items, {','.join(map(str, index.SIZES))} by default"
    )
    parser.add_argument("--json", action="store_true", help="print the figures as one JSON object, last")
    arguments = parser.parse_args()
    benchmark = BENCHMARKS[arguments.name]
    if arguments.protocol == "ctr":
        if benchmark is not quality:
            parser.error("--protocol ctr is one of the benchmark quality")
        benchmark = ctr
    if arguments.sizes is not None and benchmark is not index:
        parser.error("--sizes are those of the benchmark index")
    run = benchmark.run if arguments.sizes is None else partial(index.run, sizes=arguments.sizes)
    try:
        figures = run(arguments.dataset, lambda text: print(text, file=sys.stderr, flush=True))
    except HoplineError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    if arguments.json:
        print(json.dumps(figures))
    else:
        for name, value in figures.items():
            print(f"{name}: {value:.4g}" if isinstance(value, float) else f"{name}: {value}")
    return 0


def _sizes(text: str) -> list[int]:
    sizes = [int(part) for part in text.split(",")]
    if min(sizes) < index.K:
        raise argparse.ArgumentTypeError(f"got {text}; expected numbers of items, each at least {index.K}")
    return sizes


def _first_line(module: ModuleType) -> str:
    return (module.__doc__ or "").splitlines()[0]


if __name__ == "__main__":
    sys.exit(main())
