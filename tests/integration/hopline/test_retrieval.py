"""Where nothing is fused, validation chooses what finds recommendations, and a release of the run is asked so."""

import json

import pytest

from tests.small_files import WITHHELD

pytestmark = pytest.mark.integration
USER = next(iter(WITHHELD))


def as_json(result):
    status, out, err = result
    assert (status, err) == (0, "")
    return json.loads(out)


def found_by(hopline, *options, asked=("recommend", "-u", USER)):
    items = as_json(hopline(*asked, *options, "--json"))["items"]
    return {name for item in items for name in item["found_by"]}


def test_neighbours_find_recommendations_too_where_the_network_knows_little(hopline, workplace, monkeypatch):
    """One epoch at next to no rate leaves noise, where walks over a checkerboard know all."""
    monkeypatch.setenv("HOPLINE_FUSE__MAX_SCORES", "1")
    monkeypatch.setenv("HOPLINE_TRAIN__LEARNING_RATE", "1e-6")
    as_json(hopline("import", "films", "--json"))
    trained = as_json(hopline("train", "--epochs", "1", "--json"))
    assert trained["retrieve"] == "vectors+similar"
    tried = trained["fused"]["similar"]["valid/ndcg@20"]
    assert tried["vectors+similar"] > tried["vectors"]
    assert trained["metrics"]["valid/vectors+similar/ndcg@20"] == tried["vectors+similar"]
    report = as_json(hopline("evaluate", "--no-tune", "--json"))
    assert report["retrieve"] == "vectors+similar"
    assert report["models"]["hopline"]["metrics"]["ndcg@20"] == pytest.approx(trained["metrics"]["ndcg@20"])
    assert "by neighbours of what users met" in hopline("evaluate", "--no-tune")[1]
    published = as_json(hopline("publish", "--canary", "--json"))
    told = {check["name"]: check for check in published["canary"]["checks"]}
    assert told["ndcg@20 as served"]["limit"] == pytest.approx(0.98 * tried["vectors+similar"])
    assert "of the vectors and neighbours as they lie in the graph" in told["ndcg@20 as served"]["told"]
    assert (published["similar"]["by"], published["similar"]["k"]) == ("rp3beta", 20)
    assert found_by(hopline) == {"vectors", "similar"}
    assert found_by(hopline, "--retrieve", "vectors") == set()
    met = [item["id"] for item in as_json(hopline("recommend", "-u", USER, "--json"))["items"][:2]]
    in_session = ("session", "-i", met[0], "-i", met[1])
    assert found_by(hopline, asked=in_session) == {"vectors", "similar"}
    assert found_by(hopline, "--retrieve", "vectors", asked=in_session) == set()
    as_json(hopline("compress", "--size", "4", "--json"))
    assert found_by(hopline) == {"vectors", "similar"}
    monkeypatch.setenv("HOPLINE_ASK__RETRIEVE", "vectors")
    assert as_json(hopline("evaluate", "--no-tune", "--json"))["retrieve"] == "vectors"
    assert found_by(hopline) == set()
    assert as_json(hopline("publish", "--json"))["similar"] is None
