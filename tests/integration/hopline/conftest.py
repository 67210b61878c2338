"""A working folder whose ``hopline`` uses the session's server, with a checkerboard of films in it."""

import sys

import pytest

from hopline import Recommender
from hopline.cli import main
from tests.small_files import TOML, write_checkerboard


@pytest.fixture
def workplace(database, server_settings, tmp_path, monkeypatch):
    """An empty database and a folder with ``films`` and ``hopline.toml``, which is the working folder."""
    for name in ("NEO4J_URI", "NEO4J_DATABASE", "HOPLINE_PORT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOPLINE_HOME", str(server_settings.home))
    monkeypatch.chdir(tmp_path)
    write_checkerboard(tmp_path / "films")
    (tmp_path / "hopline.toml").write_text(TOML)
    return tmp_path


@pytest.fixture
def recommender(workplace):
    with Recommender.from_config() as one:
        yield one


@pytest.fixture
def hopline(workplace, monkeypatch, capsys):
    """Run a command line as the ``hopline`` program does; return its exit status, output and errors."""

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["hopline", *map(str, arguments)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = capsys.readouterr()
        return int(ended.value.code or 0), out, err

    return run
