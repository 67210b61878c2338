import pytest

from graph.errors import ReleaseError
from graph.publish import publish
from graph.recommend import recommend
from graph.releases import activate, active_release, collect_releases, list_releases, remove_release, rollback
from graph.schema import Schema
from tests.small_releases import SCHEMA, best, make_draft, rows, traces, write_graph

pytestmark = pytest.mark.integration


@pytest.fixture
def drafts(database):
    """Write the graph and publish a draft for each of ``number`` versions."""

    def publish_many(number):
        made = [make_draft(num_users=3, num_items=15, seed=seed) for seed in range(number)]
        write_graph(database, made[0])
        for draft in made:
            publish(database, SCHEMA, draft)
        return made

    return publish_many


def top(database, user="u0"):
    found = recommend(database, SCHEMA, user, 4)
    return found.version, [item.id for item in found.items]


def versions(database):
    return [release.version for release in list_releases(database)]


def test_two_releases_lie_side_by_side_and_rolling_back_gives_the_old_answers(database, drafts):
    old, new = drafts(2)
    assert traces(database) == {"hopline_v1", "hopline_v2"}
    assert top(database) == (2, best(new, 0, 4)[0])
    assert rollback(database, SCHEMA).version == 1
    assert top(database) == (1, best(old, 0, 4)[0])
    assert activate(database, SCHEMA, 2).version == 2
    assert top(database) == (2, best(new, 0, 4)[0])


def test_a_version_is_never_given_twice_while_another_is_there(database, drafts):
    draft = drafts(2)[0]
    rollback(database, SCHEMA)
    assert publish(database, SCHEMA, draft).version == 3
    assert versions(database) == [3, 2, 1]


def test_rolling_back_leads_to_what_was_active_before_and_never_to_what_was_rolled_back_from(database, drafts):
    draft = drafts(2)[0]
    rollback(database, SCHEMA)
    publish(database, SCHEMA, draft)
    assert [release.state for release in list_releases(database)] == ["active", "ready", "previous"]
    assert rollback(database, SCHEMA).version == 1
    with pytest.raises(ReleaseError, match="release 1 is active and there is none before it"):
        rollback(database, SCHEMA)
    activate(database, SCHEMA, 2)
    activate(database, SCHEMA, 3)
    assert [rollback(database, SCHEMA).version for _ in range(2)] == [2, 1]


def test_there_is_exactly_one_active_release(database, drafts):
    drafts(3)
    assert [release.active for release in list_releases(database)] == [True, False, False]


def test_with_nothing_before_it_rolling_back_says_so(database, drafts):
    drafts(1)
    with pytest.raises(ReleaseError, match="release 1 is active and there is none before it"):
        rollback(database, SCHEMA)
    assert active_release(database).version == 1


def test_with_nothing_published_every_question_says_what_to_do(database):
    for ask in (
        active_release,
        lambda database: rollback(database, SCHEMA),
        lambda database: recommend(database, SCHEMA, "u0"),
    ):
        with pytest.raises(ReleaseError, match="nothing is published yet; run `hopline train`"):
            ask(database)
    assert list_releases(database) == []


def test_a_release_that_is_not_there_cannot_be_made_active(database, drafts):
    drafts(1)
    with pytest.raises(ReleaseError, match=r"there is no complete release 7; there are \[1\]"):
        activate(database, SCHEMA, 7)


def test_collecting_keeps_the_newest_the_active_one_and_the_one_before_it(database, drafts):
    drafts(5)
    activate(database, SCHEMA, 2)
    activate(database, SCHEMA, 1)
    assert collect_releases(database, SCHEMA, keep=1) == [4, 3]
    assert versions(database) == [5, 2, 1]
    assert traces(database) == {"hopline_v5", "hopline_v2", "hopline_v1"}
    activate(database, SCHEMA, 5)
    assert collect_releases(database, SCHEMA, keep=2) == []
    assert collect_releases(database, SCHEMA, keep=1) == [2]
    assert collect_releases(database, SCHEMA, keep=1) == []
    assert collect_releases(database, SCHEMA, keep=1, even_previous=True) == [1]
    with pytest.raises(ReleaseError, match=r"there is no complete release 1; there are \[5\]"):
        rollback(database, SCHEMA)


def test_the_active_release_cannot_be_taken_away(database, drafts):
    (draft,) = drafts(1)
    assert remove_release(database, SCHEMA, 1) is False
    assert top(database) == (1, best(draft, 0, 4)[0])


def test_taking_away_what_was_half_taken_away_completes_it(database, drafts):
    drafts(3)
    assert remove_release(database, SCHEMA, 1) is True
    assert remove_release(database, SCHEMA, 1) is True
    assert traces(database) == {"hopline_v2", "hopline_v3"}


def test_what_rolling_back_leads_to_is_taken_away_only_if_asked_for(database, drafts):
    drafts(2)
    assert remove_release(database, SCHEMA, 1) is False
    assert remove_release(database, SCHEMA, 1, even_previous=True) is True
    assert traces(database) == {"hopline_v2"}


def test_a_release_whose_vectors_somebody_else_wrote_over_is_not_made_active_unless_unchecked(database, drafts):
    draft = drafts(2)[0]
    rows(database, "MATCH (i:Item {id: 'i3'}) SET i.hopline_v1 = [x IN i.hopline_v1 | -x]")
    for back in (lambda: rollback(database, SCHEMA), lambda: activate(database, SCHEMA, 1)):
        with pytest.raises(ReleaseError, match=r"release 1 is damaged: of 15 Item vectors looked at, 1 are not .* 'i3'"):
            back()
    assert active_release(database).version == 2
    assert rollback(database, SCHEMA, check=False).version == 1
    assert publish(database, SCHEMA, draft).version == 3


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        ("MATCH (u:User {id: 'u1'}) SET u.hopline_v1_norm = 2 * u.hopline_v1_norm", "of 3 User vectors looked at, 1 are not"),
        ("MATCH (u:User {id: 'u1'}) SET u.hopline_v1 = [1.0]", "of 3 User vectors looked at, 1 are not"),
        ("CREATE (:Item {id: 'new', hopline_v1: [1.0]})", "of 16 Item vectors looked at, 1 are not"),
        ("DROP INDEX `hopline_v1 Item`", "release 1 has lost the index 'hopline_v1 Item'"),
    ],
)
def test_whatever_is_not_as_it_was_published_is_noticed_before_it_serves(database, drafts, damage, message):
    drafts(2)
    rows(database, damage)
    with pytest.raises(ReleaseError, match=message):
        rollback(database, SCHEMA)


def test_nodes_that_were_deleted_since_do_not_keep_a_release_from_serving(database, drafts):
    drafts(2)
    rows(database, "MATCH (i:Item {id: 'i3'}) DETACH DELETE i")
    assert rollback(database, SCHEMA).version == 1


def test_a_release_of_another_schema_is_not_made_active(database, drafts):
    drafts(2)
    film = SCHEMA.nodes[1].model_copy(update={"label": "Film"})
    rated = SCHEMA.edges[0].model_copy(update={"target": "Film"})
    with pytest.raises(ReleaseError, match=r"release 1 is of another schema: it has vectors of \['Item'\]"):
        rollback(database, Schema(nodes=(SCHEMA.nodes[0], film), edges=(rated,)))
