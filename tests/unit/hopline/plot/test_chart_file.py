"""Charts as files: what is drawn, that a page needs no network, and what is refused before any work."""

import builtins

import pytest

from hopline.compression import CompressionReport, Tried
from hopline.errors import ConfigError, TrainingError
from hopline.plot.chart_file import check_chart_path, write_chart
from hopline.plot.pareto import pareto_chart


def tried(size, code, value):
    share = value / 0.4
    return Tried(size, code, (size + 1) * (4 if code == "float32" else 1), value, share, share - 0.02, share + 0.02, 0.8, 1.0)


@pytest.fixture
def report():
    points = (tried(3, "int8", 0.3), tried(7, "int8", 0.38), tried(3, "float32", 0.31), tried(7, "float32", 0.399))
    return CompressionReport("ndcg@20", 0.4, 512, 0.06, points, points[1], {})


def test_a_picture_is_one_of_its_kind(report, tmp_path):
    chart = pareto_chart(report.as_dict())
    write_chart(chart, tmp_path / "pareto.png")
    assert (tmp_path / "pareto.png").read_bytes().startswith(b"\x89PNG")
    write_chart(chart, tmp_path / "pareto.svg")
    drawn = (tmp_path / "pareto.svg").read_text(encoding="utf-8")
    assert drawn.startswith("<svg")
    for text in ("bytes a node", "ndcg@20 on validation", "chosen: 7 numbers in int8", "teacher, 512 bytes"):
        assert text in drawn


def test_a_page_holds_all_that_it_needs(report, tmp_path):
    write_chart(pareto_chart(report.as_dict()), tmp_path / "pareto.html")
    page = (tmp_path / "pareto.html").read_text(encoding="utf-8")
    assert "<script src=" not in page
    assert "first items kept" in page


def test_the_front_is_what_nothing_smaller_equals(report):
    assert [(one.size, one.code) for one in report.front] == [(3, "int8"), (7, "int8"), (7, "float32")]
    assert report.reason == "the smallest tried that lose at most 0.06 of it: 4 bytes lose 0.25"


def test_a_run_that_was_not_compressed_has_nothing_to_plot():
    with pytest.raises(TrainingError, match="run `hopline compress` first"):
        pareto_chart({})


@pytest.mark.parametrize(
    ("name", "told"), [("plot.pdf", "ends in .png, .svg, .html"), ("no/such/plot.png", "there is no folder")]
)
def test_a_file_that_cannot_be_is_refused(tmp_path, name, told):
    with pytest.raises(ConfigError, match=told):
        check_chart_path(tmp_path / name)


def test_without_the_extra_it_says_what_to_install(tmp_path, monkeypatch):
    whole = builtins.__import__

    def without(name, *arguments, **named):
        if name == "altair":
            raise ImportError("No module named 'altair'")
        return whole(name, *arguments, **named)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(ConfigError, match=r"pip install 'hopline\[plots\]'"):
        check_chart_path(tmp_path / "plot.png")
