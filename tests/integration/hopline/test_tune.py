"""Tuning from the command line: nothing changes until it is asked for, and then the file says the same and more."""

import json

import pytest

import hopline.tune.objective as hopline_objective
from hopline.config import read_config
from hopline.tune.settings import read_setting
from tests.small_files import TOML

pytestmark = pytest.mark.integration

KNOWN = "# ours\n" + TOML.replace("epochs = 12", "epochs = 2  # few").replace("validate_every = 3", "validate_every = 1")


def test_what_was_found_is_shown_then_written_and_trained_with(hopline, workplace):
    path = workplace / "hopline.toml"
    path.write_text(KNOWN)
    hopline("import", "films", "--json")
    status, out, err = hopline("tune", "--trials", "3", "--json")
    assert (status, err) == (0, "")
    found = json.loads(out)
    assert [trial["state"] for trial in found["trials"]] == ["complete"] * 3
    assert found["present"] == found["trials"][0]
    assert (found["written"], found["new"], path.read_text()) == (None, 3, KNOWN)

    status, out, err = hopline("tune", "--trials", "4", "--write")
    assert status == 0
    assert "trials done before: 3," in err
    assert "trial 3: " in err
    assert "4 trials: " in out
    now = read_config(path)
    status, out, _ = hopline("tune", "--trials", "4", "--json")
    again = json.loads(out)
    assert (status, again["new"], again["changes"], again["toml"]) == (0, 0, {}, "")
    assert {key: read_setting(now, key) for key in again["best"]["settings"]} == again["best"]["settings"]
    assert path.read_text().startswith("# ours\n")
    assert "epochs = 2  # few" in path.read_text()
    assert hopline("train", "--quiet")[0] == 0


def test_cut_off_it_says_that_what_was_done_is_kept_and_goes_on_after_it(hopline, workplace, monkeypatch):
    (workplace / "hopline.toml").write_text(KNOWN)
    hopline("import", "films", "--json")
    assert hopline("tune", "--trials", "1", "--json")[0] == 0

    def cut_off(*_told, **_named):
        raise KeyboardInterrupt

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(hopline_objective, "train", cut_off)
        status, out, err = hopline("tune", "--trials", "2", "--write")
    assert (status, out) == (130, "")
    assert "cut off; finished trials are kept" in err
    assert (workplace / "hopline.toml").read_text() == KNOWN
    status, out, _ = hopline("tune", "--trials", "2", "--json")
    assert (status, json.loads(out)["new"], len(json.loads(out)["trials"])) == (0, 1, 2)


def test_what_cannot_be_tuned_is_one_message(hopline, workplace):
    status, out, err = hopline("tune", "--metric", "mood@20", "--quiet")
    assert (status, out) == (1, "")
    assert "nothing was loaded" in err or "import" in err
    hopline("import", "films", "--json")
    status, out, err = hopline("tune", "--metric", "mood@20", "--quiet")
    assert (status, out, err.count("\n")) == (1, "", 1)
    assert "expected one of recall@k, ndcg" in err
    assert hopline("tune", "--trials", "0")[0] == 2
    status, out, err = hopline("tune", "--minutes", "0", "--json")
    assert (status, out) == (1, "")
    assert "expected more than 0" in err
