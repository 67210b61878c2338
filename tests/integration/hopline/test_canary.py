"""A release is held beside the active one before it serves, and two can be compared; vectors are made by hand."""

import json
from dataclasses import replace

import numpy as np
import pytest

import hopline.canary
import hopline.publish
from gnn.vector_scorer import VectorScorer
from graph.embeddings import Embeddings
from graph.neighbours import SimilarItems, nearest_by_cosine
from graph.recommend import recommend_by
from graph.releases import list_releases
from graph.releases.stored import read_ranking
from graph.snapshot import read_snapshot
from hopline.compressed_file import Compressed, write_compressed
from hopline.errors import NotFoundError, QuestionError, ReleaseError
from hopline.history import History
from hopline.run_folder import Run, write_run
from loaders.interactions import read_interactions
from tests.small_files import SIZE
from tests.small_releases import rows, traces

pytestmark = pytest.mark.integration

PARITY = np.eye(2, dtype=np.float32)[np.arange(SIZE) % 2]
SPREAD = (1 + np.arange(SIZE, dtype=np.float32) / SIZE)[:, None]


@pytest.fixture
def run(recommender, workplace):
    """Load the films, and return what writes a run of some user and item vectors."""
    recommender.load("films")
    digest = read_interactions(read_snapshot(recommender.database, recommender.schema)).digest()
    whole = recommender.config.model_dump(mode="json")
    config = {name: whole[name] for name in ("clean", "behaviours", "split")}

    def write(users=PARITY, items=PARITY * SPREAD, valid=0.3, interactions=digest, code=None, near=None, together=None):
        measured = {"valid/ndcg@20": valid, "valid/vectors+similar/ndcg@20": together}
        made = Run(
            users=Embeddings("User", np.array([f"u{n}" for n in range(SIZE)]), users),
            items=(Embeddings("Item", np.array([f"f{n}" for n in range(SIZE)]), items),),
            popular={"Item": ["f3", "f1", "f2"]},
            config=config,
            metrics={"ndcg@20": 0.25} | {name: value for name, value in measured.items() if value is not None},
            best_epoch=1,
            train_s=0.1,
            interactions=interactions,
            read_at=1_700_000_000,
            cleaning={},
            similar=None if near is None else SimilarItems("rp3beta", (nearest_by_cosine(near, 4),)),
            retrieve="vectors" if near is None else "vectors+similar",
        )
        write_run(workplace / "runs" / "default", made)
        if code is not None:
            compressed = Compressed(VectorScorer(users, items), {"code": code}, {})
            write_compressed(workplace / "runs" / "default", compressed)

    return write


def noise(seed):
    return np.random.default_rng(seed).normal(size=(SIZE, 5)).astype(np.float32)


def checks(release):
    return {check["name"]: check for check in release.canary["checks"]}


def refused(recommender, *parts):
    """The message of a canary check that failed, which left the old release serving and nothing of the new one."""
    before = {release.version: release.state for release in list_releases(recommender.database)}
    with pytest.raises(ReleaseError) as told:
        recommender.publish(canary=True)
    assert {release.version: release.state for release in list_releases(recommender.database)} == before
    assert traces(recommender.database) == {f"hopline_v{version}" for version in before}
    for part in parts:
        assert part in str(told.value)
    return str(told.value)


def test_a_release_in_bytes_is_held_beside_one_in_floats_and_shows_the_same(recommender, run):
    run()
    recommender.publish()
    run(code="int8")
    second = recommender.publish(canary=True)
    assert [release.code for release in list_releases(recommender.database)] == ["int8", "float32"]
    assert second.active
    found = checks(second)
    assert all(check["passed"] for check in found.values())
    assert found["recall@10/Item"]["value"] == 1.0
    assert recommender.diff_releases(1, 2, 1).domains["Item"].changed == 0


def test_a_release_as_good_as_the_active_one_serves_and_keeps_what_was_measured(recommender, run):
    run()
    first = recommender.publish(canary=True)
    assert (first.active, first.canary["beside"]) == (True, None)
    assert set(checks(first)) == {"recall@10/Item", "seen items/Item", "ndcg@20 as served"}
    second = recommender.publish(canary=True)
    assert (second.version, second.active, second.canary["beside"]) == (2, True, 1)
    found = checks(second)
    assert all(check["passed"] for check in found.values())
    assert found["recall@10/Item"]["value"] == 1.0
    assert found["seen items/Item"]["value"] == 0
    assert found["coverage/Item"]["value"] == 1.0
    assert found["ndcg@20 on validation"]["value"] == 0.3
    assert "held out while training; release 1 has 0.3" in found["ndcg@20 on validation"]["told"]
    assert recommender.publish().canary == {}


def test_a_release_that_misses_an_item_now_and_then_serves_and_that_is_kept_too(recommender, run, monkeypatch):
    """An index is searched, not read through: some of its answers have a worse item in the place of one."""
    users, items = noise(0), noise(1)
    odd = np.arange(1, SIZE, 2)  # of which u0 has met none
    worst = f"f{odd[np.argmin(items[odd] @ users[0])]}"

    def missing_one(database, schema, release, item, user_id, k, retrieve):
        found = recommend_by(database, schema, release, item, user_id, k, retrieve)
        if user_id != "u0":
            return found
        return replace(found, items=[*found.items[:-1], replace(found.items[-1], id=worst)])

    run(users=users, items=items, valid=None)
    monkeypatch.setattr(hopline.canary, "recommend_by", missing_one)
    recall = checks(recommender.publish(canary=True))["recall@10/Item"]
    assert 0.95 < recall["value"] < 1
    assert recall["passed"] is True
    assert checks(list_releases(recommender.database)[0])["recall@10/Item"] == recall


def test_a_figure_that_training_measured_lower_holds_a_release_back(recommender, run):
    run(valid=0.3)
    recommender.publish()
    run(valid=0.29)
    message = refused(recommender, "release 2 failed 1 of 5 canary checks", "release 1 serves on", "[publish.canary]")
    assert "ndcg@20 on validation is 0.29, expected at least 0.294 (held out while training; release 1 has 0.3)" in message
    run(valid=0.295)
    assert recommender.publish(canary=True).active


def test_vectors_that_are_not_those_that_were_trained_are_held_back_even_if_nothing_serves(recommender, run):
    run(users=PARITY[::-1].copy(), valid=0.3)
    refused(recommender, "ndcg@20 as served is", "training measured 0.3 while it was held out", "nothing serves")


def test_where_training_measured_something_else_both_are_ranked_as_they_would_be_served(recommender, run):
    run(valid=None)
    recommender.publish()
    run(users=PARITY[::-1].copy(), valid=None)
    refused(recommender, "ndcg@20 on validation is", "ranked as served; release 1 has")


def test_a_release_that_shows_everyone_the_same_few_items_is_held_back(recommender, run):
    recommender.config = recommender.config.changed({"publish": {"canary": {"k": 1, "max_loss": 1.0}}})
    angle = 2 * np.pi * np.arange(SIZE) / SIZE
    circle = np.column_stack([np.cos(angle), np.sin(angle)]).astype(np.float32)  # each user likes the films beside them
    run(users=circle, items=circle)
    recommender.publish()
    assert checks(recommender.publish(canary=True))["coverage/Item"]["value"] == 1.0
    run(users=np.ones_like(circle), items=np.ones_like(circle) * SPREAD)
    refused(recommender, "coverage/Item is 0.", "distinct items are shown to 24 users, by release 2 ")


def test_what_cleaning_leaves_out_was_met_all_the_same(recommender, run):
    """Interactions of the future are not learnt from; answers leave their items out, so exact rankings do too."""
    run(users=noise(0), items=noise(1))
    changed = rows(
        recommender.database,
        "MATCH (:User)-[r:RATED]->(i:Item) WHERE i.id IN ['f20', 'f21', 'f22', 'f23'] "
        "SET r.time = 9999999999 RETURN count(r) AS number",
    )
    assert changed[0]["number"] > 20
    found = checks(recommender.publish(canary=True))
    assert found["recall@10/Item"]["value"] == 1.0
    assert found["seen items/Item"]["value"] == 0


def test_vectors_are_read_back_as_they_were_published(recommender, run):
    rng = np.random.default_rng(0)
    users, items = (rng.normal(size=(SIZE, 5)).astype(np.float32) for _ in range(2))
    users[3] = 0
    run(users=users, items=items, valid=None)
    release = recommender.publish()
    found_users, (found_items,) = read_ranking(recommender.database, recommender.schema, release)
    for found, wanted, prefix in ((found_users, users, "u"), (found_items, items, "f")):
        order = [int(node_id.removeprefix(prefix)) for node_id in found.ids]
        assert sorted(order) == list(range(SIZE))
        assert found.vectors == pytest.approx(wanted[order], rel=1e-5, abs=1e-6)


@pytest.fixture
def both(run):
    """What writes a run whose items are found by neighbours too, which know what vectors do not: another likeness of items."""
    return lambda seed=0, **more: run(users=noise(seed), items=noise(seed + 10), near=noise(seed + 20), **more)


def test_a_release_that_is_asked_by_neighbours_too_is_ranked_so_and_passes(recommender, run, both):
    both(valid=None)
    first = recommender.publish(canary=True)
    found = checks(first)
    assert set(found) == {"neighbours/Item", "recall@10/Item", "seen items/Item"}
    assert (found["neighbours/Item"]["value"], found["recall@10/Item"]["value"]) == (1.0, 1.0)
    assert (
        "96 relationships of type HOPLINE_SIMILAR_V1 are in the graph, and 96 were published"
        in found["neighbours/Item"]["told"]
    )
    answers = {user: [item.id for item in recommender.recommend(user, 10).items] for user in ("u0", "u7")}
    alone = {user: [item.id for item in recommender.recommend(user, 10, retrieve="vectors").items] for user in answers}
    assert all(answers[user] != alone[user] for user in answers)  # so what is held to exact search is no ranking by vectors
    second = recommender.publish(canary=True)
    assert checks(second)["coverage/Item"]["value"] == 1.0
    assert "ranked as served" in checks(second)["ndcg@20 on validation"]["told"]
    assert checks(second)["ndcg@20 on validation"]["value"] == pytest.approx(
        checks(second)["ndcg@20 on validation"]["limit"] / 0.98
    )


def test_what_was_measured_of_vectors_and_neighbours_together_is_what_counts(recommender, run, both):
    run(valid=0.3)
    recommender.publish()
    both(valid=0.1, together=0.31, seed=3)
    recommender.config = recommender.config.changed({"publish": {"canary": {"max_loss": 0.9, "min_coverage": 0}}})
    told = checks(recommender.publish(canary=True))["ndcg@20 on validation"]
    assert (told["value"], "held out while training; release 1 has 0.3" in told["told"]) == (0.31, True)
    recommender.config = recommender.config.changed({"ask": {"retrieve": "vectors"}})
    assert checks(recommender.publish(canary=True))["ndcg@20 on validation"]["value"] == 0.1


def test_what_users_liked_last_is_the_same_by_a_snapshot_and_in_the_graph(recommender, run, monkeypatch):
    monkeypatch.setattr("hopline.history.MOST_MET", 3)
    database, schema = recommender.database, recommender.schema
    snapshot = read_snapshot(database, schema)
    log = read_interactions(snapshot)
    of_all = History.of_snapshot(snapshot, log).last
    assert (of_all.sum(axis=1) == 3).all()
    assert (of_all != History.of_users(database, schema, log, np.arange(SIZE)).last).nnz == 0
    of_two = History.of_users(database, schema, log, np.array([2, 5])).last
    assert sorted(set(of_two.nonzero()[0].tolist())) == [2, 5]


def damaged(monkeypatch, database, statement):
    """Have somebody write to what a publisher made, before it is asked."""
    check = hopline.publish.check_canary

    def after(*given):
        rows(database, statement)
        return check(*given)

    monkeypatch.setattr(hopline.publish, "check_canary", after)


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        ("MATCH ()-[s:HOPLINE_SIMILAR_V2]->() DELETE s", "0 relationships of type HOPLINE_SIMILAR_V2 are in the graph"),
        (
            "MATCH ()-[s:HOPLINE_SIMILAR_V2]->() DELETE s WITH count(s) AS n MATCH (i)-[s:HOPLINE_SIMILAR_V1]->(j) "
            "CREATE (i)-[:HOPLINE_SIMILAR_V2 {weight: s.weight}]->(j)",
            "96 relationships of type HOPLINE_SIMILAR_V2 are in the graph",
        ),
    ],
    ids=["none left", "those of another"],
)
def test_neighbours_that_are_not_those_published_hold_a_release_back(recommender, both, monkeypatch, damage, told):
    both(valid=None)
    recommender.publish()
    both(seed=1, valid=None)
    damaged(monkeypatch, recommender.database, damage)
    message = refused(recommender, "neighbours/Item is 0, expected at least 1", told, "and 96 were published")
    assert "24 of 24 items have other neighbours, the first of them f" in message


def test_where_questions_would_be_refused_nothing_is_published(recommender, run):
    run()
    recommender.publish()
    recommender.config = recommender.config.changed({"ask": {"retrieve": "vectors+similar"}, "publish": {"similar": 0}})
    with pytest.raises(NotFoundError, match=r"release 2 has no relationships between items; set \[publish\] similar"):
        recommender.publish(canary=True)
    assert [release.version for release in list_releases(recommender.database)] == [1]


def test_the_same_vectors_with_and_without_neighbours_show_other_items(recommender, both, hopline):
    both(valid=None)
    recommender.publish()
    recommender.config = recommender.config.changed({"publish": {"similar": 0}})
    recommender.publish()
    found = recommender.diff_releases(2, 1, k=5)
    assert found.retrieve == ("vectors", "vectors+similar")
    lists = {}
    for version in (1, 2):
        recommender.activate(version)
        lists[version] = [[item.id for item in recommender.recommend(f"u{n}", 5).items] for n in range(SIZE)]
    change = found.domains["Item"]
    assert change.changed == sum(one != two for one, two in zip(lists[1], lists[2], strict=True)) > SIZE / 2
    assert change.other_items == sum(set(one) != set(two) for one, two in zip(lists[1], lists[2], strict=True))
    assert recommender.diff_releases(1, 1, k=5).domains["Item"].changed == 0
    recommender.config = recommender.config.changed({"ask": {"retrieve": "vectors"}})
    same = recommender.diff_releases(2, 1, k=5)
    assert (same.retrieve, same.domains["Item"].changed) == (("vectors", "vectors"), 0)
    _, out, _ = hopline("releases", "diff", "2", "1", "--quiet")
    assert "release 1: items found by vectors and by neighbours of what users met" in out


@pytest.fixture
def two(recommender, run):
    """Two releases: in the second one user's taste is the other, and one user is not known."""
    run()
    recommender.publish()
    users = PARITY.copy()
    users[4] = PARITY[5]
    users[7] = 0
    run(users=users)
    recommender.publish()
    return recommender


def test_the_users_whose_first_items_change_are_counted(two):
    found = two.diff_releases(1, 2)
    change = found.domains["Item"]
    assert (change.num_users, change.changed) == (SIZE, 2)
    assert found.users_known == (SIZE, SIZE - 1)
    assert found.only_in == {}
    same = two.diff_releases(2, 2).domains["Item"]
    assert (same.changed, same.kept) == (0, 1.0)
    assert two.diff_releases(2, 1).domains["Item"].changed == 2
    assert sum(part.num_users for part in found.slices["Item"].values()) == SIZE
    assert sum(part.changed for part in found.slices["Item"].values()) == 2


def test_another_order_is_told_from_other_items(recommender, run):
    run()
    recommender.publish()
    run(items=PARITY * SPREAD[::-1])
    recommender.publish()
    rows(recommender.database, "MATCH (u:User {id: 'u0'})-[r:RATED]->() DELETE r")  # others have one film left that they like
    whole = recommender.diff_releases(1, 2, k=SIZE).domains["Item"]
    assert (whole.other_items, whole.other_order) == (0, 1)
    assert whole.kept == 1.0


def test_comparing_says_what_cannot_be_compared(two):
    with pytest.raises(ReleaseError, match=r"there is no complete release 7; there are \[2, 1\]"):
        two.diff_releases(1, 7)
    with pytest.raises(QuestionError, match="got 0 items to compare; expected 1 to 1000"):
        two.diff_releases(1, 2, k=0)
    rows(two.database, "MATCH (i:Item {id: 'f3'}) SET i.hopline_v1 = [1.0]")
    with pytest.raises(ReleaseError, match=r"release 1 is damaged: 1 Item vectors .* f3; something else wrote to hopline_v1"):
        two.diff_releases(1, 2)


def test_the_command_line_compares_and_shows_what_the_canary_measured(two, hopline):
    status, out, err = hopline("releases", "diff", "1", "2", "--json")
    assert (status, err) == (0, "")
    found = json.loads(out)
    assert (found["old"], found["new"], found["k"], found["domains"]["Item"]["changed"]) == (1, 2, 10, 2)
    _, out, _ = hopline("releases", "diff", "1", "2", "--quiet")
    assert "Item: the first 10 differ for 2 of 24 users from release 1 to 2" in out
    assert "6 to 20 met" in out
    status, _, err = hopline("releases", "diff", "1", "9")
    assert status == 1
    assert "there is no complete release 9; there are [2, 1]" in err
    status, out, err = hopline("publish", "--canary", "--json")
    assert (status, err) == (0, "")
    assert json.loads(out)["canary"]["beside"] == 2
    _, out, _ = hopline("publish", "--canary", "--quiet")
    assert "release 4 beside 3" in out
    assert "release 4 is active" in out


def test_a_release_of_another_schema_is_not_read_back(two):
    release = replace(list_releases(two.database)[0])
    film = two.schema.nodes[1].model_copy(update={"label": "Film"})
    kinds = (two.schema.nodes[0], film)
    edges = (two.schema.interactions[0].model_copy(update={"target": "Film"}),)
    with pytest.raises(ReleaseError, match=r"release 2 is of another schema: it has vectors of 'Item'"):
        read_ranking(two.database, type(two.schema)(nodes=kinds, edges=edges), release)
