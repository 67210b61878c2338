"""Experiments from the first answer to the last figure, with users whose chances of a click are known."""

import json
from dataclasses import replace

import numpy as np
import pytest

from graph.events import EventReader, EventsConfig, EventWriter
from graph.experiments import Variant
from graph.neighbours import SimilarItems, nearest_by_cosine
from graph.publish import publish
from graph.releases import activate
from hopline.cli.experiment import parse_variant
from hopline.errors import EvaluationError, InputError, QuestionError, ReleaseError
from hopline.recommender import Recommender
from tests.small_releases import SCHEMA, make_draft, rows, write_graph

pytestmark = pytest.mark.integration
T, NUM_USERS, NUM_ITEMS, K = 1_750_000_000, 300, 25, 5  # so an answer that explores may show any item


@pytest.fixture
def drafts(database):
    """Two releases of 300 users and 25 items, the first active."""
    made = {seed + 1: make_draft(NUM_USERS, NUM_ITEMS, seed=seed) for seed in range(2)}
    write_graph(database, made[1])
    for draft in made.values():
        publish(database, SCHEMA, draft)
    activate(database, SCHEMA, 1)
    return made


@pytest.fixture
def recommender(workplace, drafts):
    (workplace / "hopline.toml").unlink()
    with Recommender.from_config() as one:
        yield one


@pytest.fixture
def send(database):
    """Take in events."""
    writer, reader = EventWriter(database, SCHEMA), EventReader.of(database, SCHEMA, EventsConfig())

    def send(events):
        return writer.write([reader.read(event) for event in events])

    return send


def shown_to(user, found, answer="a"):
    """The impressions of an answer, as who shows it would send them."""
    return [
        {
            "user": user,
            "item": item.id,
            "behaviour": "impression",
            "time": T,
            "propensity": item.propensity,
            "shown": {
                "release": found.version,
                "experiment": found.experiment,
                "variant": found.variant,
                "answer": answer,
                "place": place,
            },
        }
        for place, item in enumerate(found.items, 1)
    ]


def click(shown):
    return {"user": shown["user"], "item": shown["item"], "behaviour": "rating", "value": 5, "time": T + 60}


def holds(interval, truth):
    return (
        interval["low"] <= truth <= interval["high"] if isinstance(interval, dict) else interval.low <= truth <= interval.high
    )


def test_what_an_experiment_tells_holds_the_truth_that_was_simulated(recommender, send):
    """The new release is clicked a half more often; users differ, so what one is shown is alike."""
    rng, truth = np.random.default_rng(0), {"old": 0.2, "new": 0.3}
    recommender.experiments.start("fused", [Variant("old", 1, 0.5), Variant("new", 2, 0.5)], salt="monday")
    answers = [(f"u{n}", recommender.recommend(f"u{n}", K)) for n in range(NUM_USERS)]
    events = []
    for user, found in answers:
        rate = rng.beta(8 * truth[found.variant], 8 * (1 - truth[found.variant]))
        impressions = shown_to(user, found)
        events += impressions + [click(one) for one in impressions if rng.random() < rate]
    rng.shuffle(events)
    send(events)
    report = recommender.experiments.report()
    old, new = report.variants
    assert (old.name, old.release, old.ahead, new.name) == ("old", 1, None, "new")
    assert old.users + new.users == NUM_USERS
    assert old.impressions + new.impressions == NUM_USERS * K
    assert old.clicks + new.clicks == len(events) - NUM_USERS * K
    assert holds(old.click_through, 0.2)
    assert holds(new.click_through, 0.3)
    assert holds(new.ahead, 0.1)
    assert new.ahead.low > 0
    assert new.p_value < 0.01
    assert (report.is_suspect, report.users_of_several, set(report.left_out.values())) == (False, 0, {0})


def test_what_tells_of_no_variant_or_another_release_or_users_of_several_is_counted_apart(recommender, send):
    recommender.experiments.start("fused", [Variant("old", 1, 0.5), Variant("new", 2, 0.5)])
    report = recommender.experiments.report("fused")
    assert [variant.impressions for variant in report.variants] == [0, 0]
    assert (report.variants[0].click_through, report.sample_ratio_p_value, report.is_suspect) == (None, None, False)

    def impression(user, variant, release, experiment="fused"):
        shown = {"release": release, "experiment": experiment, "variant": variant, "answer": f"{user}{variant}{release}"}
        return {"user": user, "item": "i1", "behaviour": "impression", "time": T, "shown": shown}

    plain = [impression(f"u{n}", "old", 1) for n in range(40)] + [impression(f"u{n}", "new", 2) for n in range(40, 44)]
    several = [impression("u50", "old", 1), impression("u50", "new", 2)]
    strange = [impression("u60", "best", 2), impression("u61", "new", 1), impression("u62", "new", None)]
    send([*plain, *several, *strange, impression("u63", "old", 1, "another")])
    report = recommender.experiments.report()
    assert [(variant.users, variant.impressions) for variant in report.variants] == [(40, 40), (4, 4)]
    assert report.left_out == {"of_no_variant": 1, "of_other_releases": 2, "of_users_of_several": 2}
    assert (report.users_of_several, report.is_suspect) == (1, True)
    assert report.sample_ratio_p_value < 0.001


def test_a_click_counts_once_however_often_the_item_was_shown_before_it(recommender, send):
    recommender.experiments.start("fused", [Variant("old", 1, 0.5), Variant("new", 2, 0.5)])
    shown = {"release": 1, "experiment": "fused", "variant": "old"}
    events = [
        {"user": user, "item": "i1", "behaviour": "impression", "time": T + after, "shown": shown | {"answer": f"{after}"}}
        for user in ("u1", "u2")
        for after in (0, 10, 20)
    ]
    send([*events, click(events[0])])
    old = recommender.experiments.report().variants[0]
    assert (old.users, old.impressions, old.clicks) == (2, 6, 1)


@pytest.mark.parametrize(("release", "explore"), [(1, 0.0), (1, 0.2), (2, 0.0), (2, 0.3)])
def test_snips_recovers_what_a_release_would_have_got(recommender, drafts, send, release, explore):
    """Each item has a chance of a click of its own; what a release gets at a place is then known from its order."""
    rng = np.random.default_rng(1)
    rates = dict(zip(drafts[1].items[0].ids.tolist(), rng.beta(2, 4, NUM_ITEMS), strict=True))
    answers, events = [], []
    for row in range(NUM_USERS):
        found = recommender.recommend(f"u{row}", K, explore=0.7, seed=f"a{row}")
        answers.append([item.id for item in found.items])
        impressions = shown_to(f"u{row}", found, answer=found.seed)
        events += impressions + [click(one) for one in impressions if rng.random() < rates[one["item"]]]
    send(events)
    report = recommender.experiments.estimate(release, explore, k=K)
    assert (report.value.num_impressions, report.value.num_users) == (NUM_USERS * K, NUM_USERS)
    assert set(report.left_out.values()) == {0}

    draft, got = drafts[release], []
    for row, ids in enumerate(answers):
        order = draft.items[0].ids[np.argsort(-(draft.items[0].vectors @ draft.users.vectors[row]))]
        for place in range(K):
            rest = [item for item in order.tolist() if item not in ids[:place]]
            pool = [item for item in order[: 5 * K].tolist() if item not in ids[:place]]
            got.append((1 - explore) * rates[rest[0]] + explore * np.mean([rates[item] for item in pool]))
    truth = float(np.mean(got))
    assert holds(report.value.snips, truth)
    assert holds(report.value.ips, truth)
    assert holds(report.value.mean_weight, 1)
    assert not report.value.lacks_support


def test_what_the_answers_could_not_show_is_told_of_as_such(recommender, send):
    events = []
    for row in range(60):
        found = recommender.recommend(f"u{row}", 1, explore=0.7, seed=f"s{row}")  # one of the best five
        impressions = shown_to(f"u{row}", found, f"s{row}")
        events += [*impressions, click(impressions[0])]
    send(events)
    value = recommender.experiments.estimate(2, k=1).value
    assert value.lacks_support
    assert value.mean_weight.high < 1


def test_what_the_logging_release_itself_would_have_got_is_what_it_got(recommender, send):
    rng, events = np.random.default_rng(2), []
    for row in range(40):
        impressions = shown_to(f"u{row}", recommender.recommend(f"u{row}", K, explore=0.4, seed=f"s{row}"), f"s{row}")
        events += impressions + [click(one) for one in impressions if rng.random() < 0.3]
    send(events)
    value = recommender.experiments.estimate(1, 0.4, k=K).value
    assert value.snips.value == pytest.approx(value.logged.value)
    assert value.effective_sample_size == pytest.approx(value.num_impressions)


def test_a_release_that_is_asked_by_neighbours_too_is_taken_to_choose_by_them(recommender, drafts, send, database):
    rows(
        database,
        "UNWIND range(0, 39) AS n MATCH (u:User {id: 'u' + n}) UNWIND [n % 25, (n + 7) % 25] AS m MATCH (i:Item {id: 'i' + m}) "
        "CREATE (u)-[:RATED {value: 4.0, time: $time}]->(i)",
        time=T - 1000,
    )
    near = nearest_by_cosine(np.random.default_rng(5).normal(size=(NUM_ITEMS, 4)).astype(np.float32), 5)
    asked = replace(drafts[1], similar=SimilarItems("rp3beta", (near,)), retrieve="vectors+similar")
    version = publish(database, SCHEMA, asked).version
    rng, events = np.random.default_rng(2), []
    for row in range(40):
        impressions = shown_to(f"u{row}", recommender.recommend(f"u{row}", 2, explore=0.4, seed=f"s{row}"), f"s{row}")
        events += impressions + [click(one) for one in impressions if rng.random() < 0.3]
    send(events)
    found = recommender.experiments.estimate(version, 0.4, k=2)
    assert found.retrieve == "vectors+similar"
    assert found.value.snips.value == pytest.approx(found.value.logged.value)
    assert found.value.effective_sample_size == pytest.approx(found.value.num_impressions)
    recommender.config = recommender.config.changed({"ask": {"retrieve": "vectors"}})
    by_vectors = recommender.experiments.estimate(version, 0.4, k=2)
    assert by_vectors.retrieve == "vectors"
    assert by_vectors.value.effective_sample_size < 0.9 * by_vectors.value.num_impressions


def test_what_tells_nothing_of_another_way_to_choose_is_counted_and_never_guessed(recommender, send, database):
    with pytest.raises(EvaluationError, match=r"of 0 impressions of Item, too few tell.*there are none"):
        recommender.experiments.estimate(1)
    events = []
    for row in range(12):
        events += shown_to(f"u{row}", recommender.recommend(f"u{row}", K, explore=0.5, seed=f"s{row}"), f"s{row}")
    del events[2]  # the third place of the first answer was never told of
    events[5 * 3]["shown"]["place"] = None
    events[5 * 4]["propensity"] = None
    send(events)
    rows(database, "MATCH (:User {id: 'u5'})-[s:HOPLINE_SHOWN]->() SET s.propensity = 0.0")
    rows(database, "MATCH (:User {id: 'u6'})-[s:HOPLINE_SHOWN]->() SET s.propensity = 'often'")
    rows(database, "MATCH (u:User {id: 'u7'}) REMOVE u.hopline_v2")
    report = recommender.experiments.estimate(2)
    left_out = {name: number for name, number in report.left_out.items() if number}
    assert left_out.pop("bad_propensity") == 10
    assert (left_out.pop("no_propensity"), left_out.pop("no_answer")) == (1, 1)
    assert left_out == {"unknown_users": 5, "places_missing": 2 + 3 + 3}
    assert report.value.num_impressions + sum(report.left_out.values()) == len(events)


def test_values_out_of_bounds_are_refused(recommender):
    for explore, k in ((-0.1, 5), (1.1, 5), (float("nan"), 5), (0.5, 0)):
        with pytest.raises(QuestionError, match="a share to explore"):
            recommender.experiments.estimate(1, explore, k=k)
    with pytest.raises(ReleaseError, match="no complete release 9"):
        recommender.experiments.estimate(9)


def test_the_command_line_begins_shows_and_ends(recommender, hopline, send):
    status, out, _ = hopline("experiment", "status")
    assert (status, "there was no experiment yet" in out) == (0, True)
    begin = ("experiment", "start", "fused", "--variant", "old=1:0.5", "--variant", "new=2:0.5", "--json")
    status, out, _ = hopline(*begin)
    begun = json.loads(out)
    assert (status, begun["name"], begun["variants"][1]) == (0, "fused", {"name": "new", "release": 2, "share": 0.5})
    status, _, err = hopline(*begin)
    assert (status, "error: experiment 'fused' runs since" in err) == (1, True)
    assert json.loads(hopline("experiment", "status", "--json")[1])["experiments"] == [begun]
    listed = json.loads(hopline("releases", "--json")[1])["releases"]
    assert [release["state"] for release in listed] == ["experiment", "active"]
    assert "there are no impressions yet" in hopline("experiment", "report")[1]
    found = json.loads(hopline("recommend", "--user", "u1", "--k", "3", "--explore", "0.5", "--json")[1])
    assert (found["experiment"], found["variant"] in {"old", "new"}) == ("fused", True)
    assert ("MATCH" in found["statement"], "read" in found) == (True, False)
    assert f"as variant {found['variant']} of experiment fused" in " ".join(hopline("recommend", "--user", "u1")[1].split())
    by_user = json.loads(hopline("similar", "--item", "i1", "--user", "u1", "--json")[1])
    assert by_user["variant"] == json.loads(hopline("session", "--item", "i1", "--user", "u1", "--json")[1])["variant"]
    assert by_user["variant"] == found["variant"]
    for user in ("u1", "u2", "u3", "u4", "u5", "u6"):
        shown = shown_to(user, recommender.recommend(user, 3, explore=0.5, seed=user), user)
        send([*shown, click(shown[0])])
    reported = json.loads(hopline("experiment", "report", "fused", "--json")[1])
    assert sum(variant["impressions"] for variant in reported["variants"]) == 18
    assert "0.3333" in hopline("experiment", "report")[1]
    estimated = json.loads(hopline("experiment", "estimate", "--release", "1", "--explore", "0.1", "--clip", "9", "--json")[1])
    assert estimated["value"]["num_impressions"] == 18
    assert "clicks an impression (SNIPS)" in " ".join(hopline("experiment", "estimate", "--explore", "0.5")[1].split())
    ended = json.loads(hopline("experiment", "end", "--winner", "new", "--json")[1])
    assert (ended["winner"], ended["is_running"]) == ("new", False)
    assert "won" in hopline("experiment", "status")[1]
    assert json.loads(hopline("recommend", "--user", "u1", "--json")[1])["version"] == 2
    status, _, err = hopline("experiment", "end")
    assert (status, "no experiment runs" in err) == (1, True)


@pytest.mark.parametrize("text", ["new", "new=4", "new=x:0.5", "new=4:half", ""])
def test_a_variant_that_cannot_be_read_is_refused(text):
    with pytest.raises(InputError, match="expected NAME=RELEASE:SHARE"):
        parse_variant(text)
