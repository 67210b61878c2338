"""A run's epochs as event files, which TensorBoard shows while they are written."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from gnn.checkpoint import EpochRecord
from hopline.errors import ConfigError

if TYPE_CHECKING:
    from torch.utils.tensorboard import SummaryWriter

FOLDER = "tensorboard"  # in the run's folder; a folder in it for each phase, which TensorBoard shows as a line of its own
_FILES = "events.out.tfevents.*"


class EventFiles:
    """Writes losses, metrics, learning rate and speed by epoch into ``folder``/<phase>.

    Raises:
        ConfigError: TensorBoard is not installed.
    """

    def __init__(self, folder: Path) -> None:
        try:
            from torch.utils.tensorboard import SummaryWriter  # noqa: PLC0415 - an extra
        except ImportError as error:
            raise ConfigError(
                "train.tensorboard is true, and TensorBoard is not installed: pip install 'hopline[tensorboard]', or leave it "
                "false; record.jsonl in the run's folder tells the same"
            ) from error
        self._make = SummaryWriter
        self._folder = folder
        self._writer: SummaryWriter | None = None

    def begin(self, phase: str, done: Sequence[EpochRecord]) -> None:
        """Begin a phase; what was written of it before is written again, as a crash may have cut it off."""
        self.close()
        for old in (self._folder / phase).glob(_FILES):
            old.unlink()
        self._writer = self._make(str(self._folder / phase))
        for record in done:
            self.epoch(record)

    def epoch(self, record: EpochRecord) -> None:
        """Write an epoch of the phase that was begun."""
        assert self._writer is not None  # noqa: S101 - begin made it
        figures = {f"loss/{task}": value for task, value in record.losses.items()}
        figures |= {f"weight/{task}": value for task, value in record.weights.items()}
        figures |= {f"valid/{name}": value for name, value in record.metrics.items()}
        figures |= {"train/learning_rate": record.learning_rate, "train/edges_per_s": record.edges_per_s}
        for name, value in figures.items():
            self._writer.add_scalar(name, value, record.epoch)
        self._writer.flush()

    def close(self) -> None:
        """Finish the file that is being written."""
        if self._writer is not None:
            self._writer.close()
            self._writer = None
