"""What moves data: file formats → clean tables → graph; snapshot → DGL heterograph → sampled minibatches."""

import os

# torch and DGL each bring a pool of threads that spins while it waits. With fewer free cores than threads they take the
# processor from each other: training was measured eight times slower. Read when either loads, so set before they do.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
