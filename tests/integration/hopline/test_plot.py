"""`hopline plot`, and `hopline compress --plot`: from a trained run and its releases to files."""

import json

import pytest

pytestmark = pytest.mark.integration


def drawn(result):
    status, out, err = result
    assert (status, err) == (0, "")
    return json.loads(out)


def test_what_was_learnt_and_published_is_drawn(hopline, workplace):
    hopline("import", "films", "--json")
    hopline("train", "--quiet")
    status, _, err = hopline("plot", "pareto", "early.svg")
    assert status == 1
    assert "run `hopline compress` first" in err
    hopline("publish", "--json")
    status, _, _ = hopline("compress", "--max-loss", "20%", "--plot", "tried.svg", "--quiet")
    assert status == 0
    assert drawn(hopline("plot", "pareto", "again.svg", "--json")) == {"file": "again.svg"}
    assert "bytes a node" in (workplace / "tried.svg").read_text(encoding="utf-8")
    assert "bytes a node" in (workplace / "again.svg").read_text(encoding="utf-8")
    hopline("publish", "--json")

    drawn(hopline("plot", "releases", "releases.svg", "--metric", "ndcg@20", "--json"))
    shown = (workplace / "releases.svg").read_text(encoding="utf-8")
    assert "metrics by release" in shown
    assert shown.count('aria-roledescription="point"') == 2
    status, _, err = hopline("plot", "releases", "releases.svg", "--metric", "mrr@1")
    assert (status, "no release has the metric 'mrr@1'" in err) == (1, True)

    drawn(hopline("plot", "embedding", "map.html", "--by", "genres", "--json"))
    page = (workplace / "map.html").read_text(encoding="utf-8")
    assert "Film number 3 [3]" in page
    assert "<script src=" not in page
    drawn(hopline("plot", "embedding", "map.png", "--limit", "10", "--json"))
    assert (workplace / "map.png").read_bytes().startswith(b"\x89PNG")
    status, _, err = hopline("plot", "embedding", "map.png", "--by", "colour")
    assert (status, "expected interactions or one of" in " ".join(err.split())) == (1, True)


def test_a_file_of_another_kind_is_refused_before_anything_is_done(hopline):
    for command in (("compress", "--plot", "plot.pdf"), ("plot", "releases", "plot.pdf")):
        status, out, err = hopline(*command)
        assert (status, out) == (1, "")
        assert "expected a file that ends in .png, .svg, .html" in " ".join(err.split())


def test_with_nothing_published_it_says_what_to_do_first(hopline):
    hopline("import", "films", "--json")
    status, _, err = hopline("plot", "releases", "releases.png")
    assert (status, "run `hopline train`, then `hopline publish`" in " ".join(err.split())) == (1, True)
