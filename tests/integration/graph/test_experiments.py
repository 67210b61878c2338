"""Experiments between releases on a real graph: who is answered by which, and what stays while one runs."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from graph.asking import Served
from graph.errors import ExperimentError, NotFoundError
from graph.experiments import Variant, end_experiment, list_experiments, read_experiment, start_experiment
from graph.explain import explain
from graph.publish import publish
from graph.recommend import recommend
from graph.releases import activate, collect_releases, list_releases, remove_release, rollback
from graph.rerank import rerank
from graph.session import session
from graph.similar import similar
from tests.small_domains import SCHEMA as OF_A_SHOP
from tests.small_releases import SCHEMA, best, make_draft, rows, traces, write_graph

pytestmark = pytest.mark.integration
USERS = [f"u{n}" for n in range(8)]
HALVES = (Variant("old", 1, 0.5), Variant("new", 2, 0.5))


@pytest.fixture
def drafts(database):
    """Two releases of one graph, the second active."""
    made = {seed + 1: make_draft(seed=seed) for seed in range(2)}
    write_graph(database, made[1], [("u1", "i2")])
    for draft in made.values():
        publish(database, SCHEMA, draft)
    return made


def start(database, variants=HALVES, name="fused", salt="salt"):
    return start_experiment(database, SCHEMA, name, variants, salt=salt)


def states(database):
    return {release.version: release.state for release in list_releases(database)}


def test_each_user_is_answered_by_the_release_of_their_variant_and_the_answer_says_so(database, drafts):
    served = Served()
    assert recommend(database, SCHEMA, "u0", 4, served=served).experiment is None
    begun = start(database)
    assert (begun.name, begun.variants, begun.is_running) == ("fused", HALVES, True)
    seen = set()
    for row, user in enumerate(USERS):
        variant = begun.variant_of(user)
        found = recommend(database, SCHEMA, user, 4, served=served)
        assert (found.version, found.experiment, found.variant) == (variant.release, "fused", variant.name)
        wanted = best(drafts[variant.release], row, 4, ["i2"] if user == "u1" else ())[0]
        assert [item.id for item in found.items] == wanted
        seen.add(variant.name)
    assert seen == {"old", "new"}


def test_whatever_a_user_asks_is_by_their_variant_and_what_nobody_asks_by_the_active_release(database, drafts):
    begun = start(database)
    user = next(user for user in USERS if begun.variant_of(user).name == "old")
    answers = [
        recommend(database, SCHEMA, user, 4),
        rerank(database, SCHEMA, user, ["i4", "i5"]),
        explain(database, SCHEMA, user, "i5"),
        similar(database, SCHEMA, "i5", 4, user_id=user),
        session(database, SCHEMA, ["i5"], 4, user_id=user),
        recommend(database, SCHEMA, "somebody new", 4),
    ]
    assert [(one.version, one.variant) for one in answers[:-1]] == [(1, "old")] * 5
    assert answers[-1].variant == begun.variant_of("somebody new").name
    for found in (similar(database, SCHEMA, "i5", 4), session(database, SCHEMA, ["i5"], 4)):
        assert (found.version, found.experiment, found.variant) == (2, None, None)


def test_what_is_remembered_gives_way_when_an_experiment_ends_and_when_another_release_is_published(database, drafts):
    served, begun = Served(), start(database)
    old = next(user for user in USERS if begun.variant_of(user).name == "old")
    assert recommend(database, SCHEMA, old, 4, served=served).version == 1
    publish(database, SCHEMA, make_draft(seed=7))
    found = recommend(database, SCHEMA, old, 4, served=served)
    assert (found.version, found.variant) == (1, "old")
    ended = end_experiment(database, SCHEMA)
    assert (ended.is_running, ended.winner) == (False, None)
    found = recommend(database, SCHEMA, old, 4, served=served)
    assert (found.version, found.experiment) == (3, None)


def test_the_winner_becomes_active_and_rolling_back_leads_to_what_was(database, drafts):
    start(database)
    ended = end_experiment(database, SCHEMA, "fused", winner="old")
    assert ended.winner == "old"
    assert states(database) == {2: "previous", 1: "active"}
    assert recommend(database, SCHEMA, "u0", 4).version == 1
    assert rollback(database, SCHEMA).version == 2


def test_a_winner_that_is_active_already_stays_so_and_leads_back_to_where_it_did(database, drafts):
    start(database)
    end_experiment(database, SCHEMA, winner="new")
    assert states(database) == {2: "active", 1: "previous"}


def test_releases_that_take_part_are_neither_collected_nor_written_over(database, drafts):
    start(database)
    assert states(database) == {2: "active", 1: "experiment"}
    for seed in (7, 8, 9):
        publish(database, SCHEMA, make_draft(seed=seed), keep=1)
    assert collect_releases(database, SCHEMA, keep=1, even_previous=True) == [4, 3]
    assert states(database) == {5: "active", 2: "experiment", 1: "experiment"}
    assert not remove_release(database, SCHEMA, 1, even_previous=True)
    end_experiment(database, SCHEMA)
    assert collect_releases(database, SCHEMA, keep=1) == [2, 1]
    assert traces(database) == {"hopline_v5"}


def test_a_release_that_differs_little_is_not_written_over_one_that_takes_part(database, drafts):
    activate(database, SCHEMA, 1)
    activate(database, SCHEMA, 2)
    publish(database, SCHEMA, make_draft(seed=7), keep=1)
    start(database)
    again = publish(database, SCHEMA, drafts[1], keep=1)
    assert again.slot == again.version
    assert recommend(database, SCHEMA, "u0", 4).version in {1, 2}


def test_one_experiment_runs_at_a_time_and_a_name_is_used_once(database, drafts):
    start(database)
    with pytest.raises(ExperimentError, match="'fused' runs since"):
        start(database, name="another")
    end_experiment(database, SCHEMA)
    with pytest.raises(ExperimentError, match="choose another name"):
        start(database)
    with pytest.raises(ExperimentError, match=r"ended at .* already"):
        end_experiment(database, SCHEMA, "fused")
    with pytest.raises(NotFoundError, match="no experiment runs"):
        end_experiment(database, SCHEMA)
    start(database, name="another")
    assert [(one.name, one.is_running) for one in list_experiments(database)] == [("another", True), ("fused", False)]


def test_of_many_who_begin_at_once_one_does(database, drafts):
    def begin(number):
        try:
            return start(database, name=f"e{number}", salt=f"s{number}").name
        except ExperimentError:
            return None

    with ThreadPoolExecutor(6) as pool:
        found = [name for name in pool.map(begin, range(6)) if name]
    assert len(found) == 1
    assert [one.name for one in list_experiments(database)] == found


def test_beginning_and_ending_again_after_a_lost_answer_change_nothing(database, drafts, monkeypatch):
    write = type(database).write

    def twice(self, statement, *arguments):
        write(self, statement, *arguments)
        return write(self, statement, *arguments)

    monkeypatch.setattr(type(database), "write", twice)
    start(database)
    assert rows(database, "MATCH (e:HoplineExperiment) RETURN count(e) AS number") == [{"number": 1}]
    end_experiment(database, SCHEMA, winner="old")
    assert states(database) == {2: "previous", 1: "active"}


def test_releases_that_are_not_there_or_not_whole_or_damaged_or_of_another_schema_are_refused(database, drafts):
    for release, message in ((9, "no complete release 9"), (-1, "no complete release -1")):
        with pytest.raises(ExperimentError, match=f"variant 'new': there is {message}"):
            start(database, (Variant("old", 1, 0.5), Variant("new", release, 0.5)))
    with pytest.raises(ExperimentError, match="of another schema"):
        start_experiment(database, OF_A_SHOP, "fused", HALVES)
    rows(database, "MATCH (i:Item {id: 'i0'}) SET i.hopline_v1 = [x IN range(1, size(i.hopline_v1)) | 0.5]")
    with pytest.raises(ExperimentError, match="release 1 is damaged"):
        start(database)
    assert list_experiments(database) == []
    assert recommend(database, SCHEMA, "u0", 4).experiment is None


def test_shares_that_do_not_sum_and_variants_that_are_not_there_are_refused(database, drafts):
    with pytest.raises(ExperimentError, match="got the shares"):
        start(database, (Variant("old", 1, 0.5), Variant("new", 2, 0.6)))
    start(database)
    with pytest.raises(NotFoundError, match="no variant 'best'"):
        end_experiment(database, SCHEMA, winner="best")
    assert read_experiment(database).is_running


def test_one_release_may_be_in_two_variants_to_see_that_they_do_not_differ(database, drafts):
    start(database, (Variant("a", 2, 0.5), Variant("b", 2, 0.5)))
    found = {recommend(database, SCHEMA, user, 4).variant for user in USERS}
    assert found == {"a", "b"}


def test_names_with_quotes_and_backticks_are_names(database, drafts):
    name = "`'\"{{x}} $y //"
    start(database, (Variant("o'ne", 1, 0.5), Variant("t`wo", 2, 0.5)), name=name)
    assert recommend(database, SCHEMA, "u0", 4).experiment == name
    assert end_experiment(database, SCHEMA, name, winner="o'ne").winner == "o'ne"
