"""How an explained score looks in a terminal."""

import pytest

from hopline.cli.score import print_score
from hopline.score_explainer import ScoredPath, ScoreExplanation

PATH = ScoredPath(0.25, 0.2, "[b]Alien[/b], which you chose, is sequel of it", ("Alien",), ("CHOSE", "SEQUEL_OF"))


def shown(capsys, found):
    print_score(found, "u1", "[i]f2[/i]")
    return " ".join(capsys.readouterr().out.split())


def test_shares_reasons_and_what_is_left_are_shown_as_they_are(capsys):
    text = shown(capsys, ScoreExplanation(0.8, 0.5, [PATH], 0.1, 0.55, 0.79))
    assert "why item [i]f2[/i] for user u1: model score 0.800" in text
    assert "+0.200 │ 25% │ [b]Alien[/b], which you chose, is sequel of it" in text
    assert "score 0.800 = 0.200 by these paths, +0.100 by other relationships, +0.500 by what was learnt of" in text
    assert "without these paths it is 0.550; without as many relationships like theirs, drawn at random, 0.790" in text


@pytest.mark.parametrize(("share", "wanted"), [(0.004, "0.4%"), (None, "+0.200 │ │")])
def test_a_small_share_is_not_nothing_and_one_of_no_score_is_left_out(capsys, share, wanted):
    path = ScoredPath(share, PATH.brought, PATH.sentence, PATH.nodes, PATH.types)
    assert wanted in shown(capsys, ScoreExplanation(0.8, 0.5, [path], 0.1, 0.55, 0.79))


def test_a_pair_without_a_path_is_a_sentence(capsys):
    text = shown(capsys, ScoreExplanation(0.0, 0.0, [], 0.0, 0.0, 0.0))
    assert text.endswith("model score 0.000; no path of three relationships or fewer brought anything to it")
