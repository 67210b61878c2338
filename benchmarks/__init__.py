"""Benchmarks: ``python -m benchmarks NAME [--dataset D] --json`` prints one JSON object last."""
