"""Charts as files: a picture, or a page that answers to the mouse and needs no network."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from hopline.errors import ConfigError

if TYPE_CHECKING:
    import altair as alt

ENDINGS = (".png", ".svg", ".html")
_PIXELS_A_POINT = 2  # of PNG, so that text is sharp


def check_chart_path(path: Path) -> None:
    """Refuse what no chart can be written to, before work is done for it.

    Raises:
        ConfigError: another ending, no such folder, or the extra is not installed.
    """
    if path.suffix not in ENDINGS:
        raise ConfigError(f"got {path} for a plot; expected a file that ends in {', '.join(ENDINGS)} (.html: interactive)")
    if not path.absolute().parent.is_dir():
        raise ConfigError(f"there is no folder {path.absolute().parent} to write {path.name} to; make it first")
    try:
        import altair  # noqa: F401, PLC0415 - an extra
        import vl_convert  # noqa: F401, PLC0415
    except ImportError as error:
        raise ConfigError(f"what draws plots is not installed ({error}); run: pip install 'hopline[plots]'") from error


def write_chart(chart: alt.TopLevelMixin, path: Path) -> None:
    """Write a chart; an ``.html`` file holds all that it needs.

    Raises:
        ConfigError: as :func:`check_chart_path`, or the file cannot be written.
    """
    check_chart_path(path)
    try:
        chart.save(str(path), inline=path.suffix == ".html", scale_factor=_PIXELS_A_POINT if path.suffix == ".png" else 1)
    except OSError as error:
        raise ConfigError(f"{path} cannot be written ({error.strerror}); name another file") from error
