"""PyTorch Geometric's LightGCN, in the manner of its example; runs in the environment of :mod:`benchmarks.training.peers`.

As there: 64 dimensions, two layers, Adam at 0.001, batches of 8,192 interactions with a uniform negative each, BPR. The
adjacency is a sparse matrix (CSR), which is its fastest way on a CPU.
"""

from __future__ import annotations

from time import perf_counter
from typing import Any

import peer_process
import torch
from torch_geometric.nn import LightGCN
from torch_geometric.utils import to_torch_csr_tensor

BATCH_SIZE = 8192


def main() -> None:
    """Train until told to stop."""
    given = peer_process.given()
    torch.set_num_threads(given.threads)
    torch.manual_seed(0)
    num_nodes = given.num_users + given.num_items
    pairs = torch.stack([torch.from_numpy(given.users), torch.from_numpy(given.items) + given.num_users])
    both = torch.cat([pairs, pairs.flip(0)], dim=1)
    adjacency = to_torch_csr_tensor(both, size=(num_nodes, num_nodes))
    model = LightGCN(num_nodes, embedding_dim=64, num_layers=2)
    optimizer = torch.optim.Adam(model.parameters(), lr=given.learning_rate)
    numbers: Any = range(pairs.shape[1])
    loader: Any = torch.utils.data.DataLoader(numbers, batch_size=BATCH_SIZE, shuffle=True)
    seconds = 0.0
    for epoch in range(given.epochs):
        started = perf_counter()
        for index in loader:
            positive = pairs[:, index]
            negative = torch.stack([positive[0], torch.randint(given.num_users, num_nodes, (len(index),))])
            asked = torch.cat([positive, negative], dim=1)
            optimizer.zero_grad()
            of_positive, of_negative = model(adjacency, asked).chunk(2)
            loss = model.recommendation_loss(of_positive, of_negative, node_id=torch.unique(asked))
            loss.backward()
            optimizer.step()
        seconds += perf_counter() - started
        with torch.no_grad():
            vectors = model.get_embedding(adjacency).numpy()
        peer_process.tell(epoch + 1, seconds, vectors[: given.num_users], vectors[given.num_users :])


if __name__ == "__main__":
    main()
