"""The face is whole: every command tells what it does, every error is in the tree, every verb is documented."""

import importlib
import inspect
import pkgutil
import re
import subprocess
import sys
from importlib import metadata

import pytest
import typer.main

import benchmarks.__main__
import cypher
import gnn
import graph
import hopline
import loaders
from hopline import Recommender, errors
from hopline.cli.app import app


def commands(group, before=""):
    """Every command by its name, those of groups by both: "explore paths"."""
    found = {}
    for name, command in group.commands.items():
        if getattr(command, "invoke_without_command", True):  # a group may be a command too
            found[before + name] = command
        found |= commands(command, f"{before}{name} ") if hasattr(command, "commands") else {}
    return found


COMMANDS = commands(typer.main.get_command(app))


def test_the_commands_are_these():
    assert set(COMMANDS) == {
        *(
            "up",
            "down",
            "status",
            "doctor",
            "init",
            "import",
            "export",
            "embed",
            "train",
            "tune",
            "compress",
            "fuse",
            "evaluate",
            "publish",
            "releases",
        ),
        *("releases diff", "activate", "rollback", "gc", "index status", "index refresh", "index build"),
        *(
            "ingest",
            "recommend",
            "similar",
            "session",
            "people",
            "explain",
            "predict",
            "scenarios",
            "describe",
            "sync",
            "clean",
            "demo",
        ),
        *("learn", "erase", "export-student", "plot pareto", "plot releases", "plot embedding"),
        *("serve", "keys add", "keys list", "keys remove"),
        *("experiment start", "experiment status", "experiment report", "experiment end", "experiment estimate"),
        *("explore neighbours", "explore paths", "explore degrees", "explore popularity", "explore communities"),
    }


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_says_what_it_does_with_an_example_and_a_word_an_option(name):
    command = COMMANDS[name]
    assert f"hopline {name}" in (command.help or "")
    for parameter in command.params:
        assert getattr(parameter, "help", None), f"{name} {parameter.opts}"


@pytest.mark.parametrize("name", sorted(set(COMMANDS) - {"demo"}))
def test_every_command_can_speak_json(name):
    assert any("--json" in parameter.opts for parameter in COMMANDS[name].params)


def test_every_error_class_is_in_the_tree_exported_and_drawn():
    found = set()
    for package in (cypher, graph, loaders, gnn, hopline):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if module.name in {"graph.server.child", "graph.server.journal"}:
                continue  # a program of its own, and what it alone imports
            for name, value in inspect.getmembers(importlib.import_module(module.name), inspect.isclass):
                if issubclass(value, Exception) and value.__module__.partition(".")[0] == package.__name__:
                    found.add(name)
                    assert issubclass(value, errors.HoplineError), f"{module.name}.{name}"
    assert found == set(errors.__all__)
    for name in found:
        assert re.search(rf"\b{name}\b", errors.__doc__)
        assert getattr(errors, name).__doc__


def test_every_public_verb_is_documented_and_typed():
    for name, value in inspect.getmembers(Recommender, callable):
        if not name.startswith("_"):
            assert inspect.getdoc(value), name
            assert "return" in value.__annotations__, name


def test_what_is_exported_is_the_recommender_and_the_version_of_the_package():
    assert hopline.__all__ == ["Recommender"]
    assert metadata.version("hopline") == hopline.__version__


def test_the_benchmarks_tell_what_there_is(pytestconfig):
    ended = subprocess.run(
        [sys.executable, "-m", "benchmarks", "--help"], capture_output=True, text=True, cwd=pytestconfig.rootpath, check=False
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    for name in ("kge", "loop", "snapshot", "--dataset", "--json"):
        assert name in ended.stdout


@pytest.fixture
def run_benchmark(monkeypatch, capsys):
    """Run ``python -m benchmarks`` in this process; return its exit status, output and errors."""

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["benchmarks", *arguments])
        status = benchmarks.__main__.main()
        return status, *capsys.readouterr()

    return run


def test_an_unknown_data_set_and_a_missing_one_are_one_message(run_benchmark, monkeypatch, tmp_path):
    assert run_benchmark("loop", "--dataset", "nothing", "--json") == (
        1,
        "",
        "error: got --dataset nothing; expected one of ml100k, lastfm-kg\n",
    )
    monkeypatch.setenv("HOPLINE_DATA", str(tmp_path))
    status, out, err = run_benchmark("loop", "--dataset", "ml100k", "--json")
    assert (status, out) == (1, "")
    assert f"there is no {tmp_path / 'ml100k'}" in err
    assert "set HOPLINE_DATA to the folder that has them" in err


def test_an_unknown_benchmark_is_a_usage_error(run_benchmark, capsys):
    with pytest.raises(SystemExit, match="2"):
        run_benchmark("nothing")
    assert "choose from" in capsys.readouterr().err
    with pytest.raises(SystemExit, match="2"):
        run_benchmark("load", "--protocol", "ctr")
    assert "--protocol ctr is one of the benchmark quality" in capsys.readouterr().err
