"""What a release would have got, from answers that explored, where every chance of a click, and so the truth, is known."""

from dataclasses import replace

import numpy as np
import pytest

from gnn.off_policy import policy_value
from graph.answers import ScoredItem
from graph.fused import SHARE
from graph.met_items import MetItem
from graph.neighbours import nearest_by_cosine
from graph.selection import Candidate, Taste, select
from hopline.off_policy import Decisions, ReleasePolicy
from tests.small_releases import make_draft

TIMES, NUM_USERS, NUM_ITEMS, K, EXPLORED = 60, 100, 25, 5, 0.7
LOGGED, OTHER = (make_draft(NUM_USERS, NUM_ITEMS, seed=seed) for seed in (0, 1))


def scores(draft, row):
    return draft.items[0].vectors @ draft.users.vectors[row]


def order(draft, row):
    """Items, the best first for a user."""
    return draft.items[0].ids[np.argsort(-scores(draft, row))].tolist()


def answered(row, seed):
    """What a user is shown by the release that explores: item, place and propensity; nothing is clicked yet."""
    of = dict(zip(LOGGED.items[0].ids.tolist(), scores(LOGGED, row).tolist(), strict=True))
    pool = [Candidate(ScoredItem(item, None, of[item])) for item in order(LOGGED, row)]
    found = select(pool, K, (), taste=Taste(explore=EXPLORED, seed=seed)).items
    return [[item.id, place, item.propensity, False] for place, item in enumerate(found, 1)]


def met_at(*pairs):
    return [MetItem(item, time, is_liked=True, made=number) for number, (item, time) in enumerate(pairs)]


def judged(draft, explore, answers, met=(), time=100.0, near=None):
    policy = ReleasePolicy(draft.users, draft.items[0], explore, K, near)
    decisions, left_out = Decisions([], [], [], []), {}
    for row, shown in answers.items():
        policy.judge({"user_id": f"u{row}", "time": time, "shown": shown}, met, decisions, left_out)
    return decisions, left_out


def value(decisions):
    users = np.unique(decisions.users, return_inverse=True)[1]
    return policy_value(users, *(np.asarray(one, float) for one in (decisions.clicked, decisions.propensity, decisions.chosen)))


@pytest.mark.parametrize(("draft", "explore"), [(LOGGED, 0.0), (OTHER, 0.0), (OTHER, 0.3)])
def test_intervals_hold_what_a_release_would_have_got_as_often_as_they_say(draft, explore):
    held = {"ips": 0, "snips": 0}
    for time in range(TIMES):
        rng = np.random.default_rng(time)
        rates = dict(zip(draft.items[0].ids.tolist(), rng.beta(2, 4, NUM_ITEMS), strict=True))
        answers = {row: answered(row, f"{time} {row}") for row in range(NUM_USERS)}
        truth = []
        for row, shown in answers.items():
            for at, one in enumerate(shown):
                one[3] = rng.random() < rates[one[0]]
                before = [item for item, *_ in shown[:at]]
                rest = [item for item in order(draft, row) if item not in before]
                truth.append((1 - explore) * rates[rest[0]] + explore * np.mean([rates[item] for item in rest]))
        found = value(judged(draft, explore, answers)[0])
        for name in held:
            one = getattr(found, name)
            held[name] += one.low <= np.mean(truth) <= one.high
    for number in held.values():
        assert number / TIMES == pytest.approx(0.95, abs=0.08)


def test_what_chose_it_is_as_likely_to_as_it_told():
    decisions, left_out = judged(LOGGED, EXPLORED, {row: answered(row, f"{row}") for row in range(NUM_USERS)})
    assert left_out == {}
    assert decisions.chosen == pytest.approx(decisions.propensity)


def test_what_was_met_before_is_not_chosen_and_what_was_met_since_may_be():
    best, second, third, *_ = order(OTHER, 0)
    shown = {0: [[second, 1, 0.5, False]]}
    assert judged(OTHER, 0.0, shown)[0].chosen == [0]
    for at in (99.0, float("nan")):
        assert judged(OTHER, 0.0, shown, met_at((best, at)))[0].chosen == [1]
    assert judged(OTHER, 0.0, shown, met_at((best, 100.0)))[0].chosen == [0]
    assert judged(OTHER, 0.0, shown, met_at((best, 99.0), (second, 99.0)))[0].chosen == [
        1
    ]  # it was shown, so it was not met yet
    two = {0: [[best, 1, 0.5, False], [third, 2, 0.5, False]]}
    assert judged(OTHER, 0.0, two, met_at((second, 1.0)))[0].chosen == [1, 1]


@pytest.mark.parametrize("explore", [0.0, 0.4])
def test_where_neighbours_of_what_was_met_find_items_too_it_chooses_by_both(explore):
    """Vectors and neighbours are fused as among the candidates of an answer; only what was liked before leads on."""
    near = nearest_by_cosine(np.random.default_rng(1).normal(size=(NUM_ITEMS, 4)).astype(np.float32), 6).matrix()
    met = met_at(("i3", 9.0), ("i8", 98.0), ("i5", 101.0))
    met.append(replace(met[0], id="i11", is_liked=False))
    alike, size = scores(OTHER, 0), 5 * K if explore else K
    unmet = [row for row in range(NUM_ITEMS) if row not in (3, 8, 11)]
    sums = near[[3, 8]].sum(axis=0)
    found = sorted(unmet, key=lambda row: -alike[row])[:size]
    others = [row for row in sorted(unmet, key=lambda row: -sums[row]) if sums[row] > 0 and row not in found]
    among = [*found, *others[: 2 * size - len(found)]]
    fused = {row: alike[row] / np.abs(alike[among]).max() + SHARE * sums[row] / sums[among].max() for row in among}
    first, second, *_ = sorted(among, key=lambda row: -fused[row])
    assert (first, second) != tuple(sorted(unmet, key=lambda row: -alike[row])[:2])
    shown = {0: [[f"i{first}", 1, 0.5, False], [f"i{second}", 2, 0.5, False]]}
    pool = min(size, len(among))
    chosen = judged(OTHER, explore, shown, met, near=near)[0].chosen
    assert chosen == pytest.approx([1 - explore + explore / pool, 1 - explore + explore / (pool - 1)])


def test_users_and_items_that_it_does_not_know_and_places_after_a_gap_are_counted_or_never_chosen():
    first, second, *_ = order(OTHER, 0)
    shown = [["unheard of", 1, 0.5, False], [first, 2, 0.5, False], [second, 4, 0.5, False]]
    decisions, left_out = judged(OTHER, 0.0, {0: shown, 10 * NUM_USERS: shown})
    assert decisions.chosen == [0, 1]
    assert left_out == {"places_missing": 1, "unknown_users": 3}
    twice = [[first, 1, 0.5, False], [second, 1, 0.5, False]]
    assert judged(OTHER, 0.0, {0: twice})[1] == {"places_missing": 1}
