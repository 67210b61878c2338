import pytest

from graph.errors import ReleaseError
from graph.publish import publish
from graph.recommend import recommend
from graph.releases import activate, active_release, collect_releases, list_releases, remove_release, rollback
from tests.small_releases import SCHEMA, best, make_draft, traces, write_graph

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
    assert rollback(database).version == 1
    assert top(database) == (1, best(old, 0, 4)[0])
    assert activate(database, 2).version == 2
    assert top(database) == (2, best(new, 0, 4)[0])


def test_a_version_is_never_given_twice_while_another_is_there(database, drafts):
    draft = drafts(2)[0]
    rollback(database)
    assert publish(database, SCHEMA, draft).version == 3
    assert versions(database) == [3, 2, 1]
    assert rollback(database).version == 2


def test_there_is_exactly_one_active_release(database, drafts):
    drafts(3)
    assert [release.active for release in list_releases(database)] == [True, False, False]


def test_with_nothing_before_it_rolling_back_says_so(database, drafts):
    drafts(1)
    with pytest.raises(ReleaseError, match="release 1 is active and there is none before it"):
        rollback(database)
    assert active_release(database).version == 1


def test_with_nothing_published_every_question_says_what_to_do(database):
    for ask in (active_release, rollback, lambda database: recommend(database, SCHEMA, "u0")):
        with pytest.raises(ReleaseError, match="nothing is published yet; run `hopline train`"):
            ask(database)
    assert list_releases(database) == []


def test_a_release_that_is_not_there_cannot_be_made_active(database, drafts):
    drafts(1)
    with pytest.raises(ReleaseError, match=r"there is no complete release 7; there are \[1\]"):
        activate(database, 7)


def test_collecting_keeps_the_newest_the_active_one_and_the_one_before_it(database, drafts):
    drafts(5)
    activate(database, 2)
    assert collect_releases(database, SCHEMA, keep=1) == [4, 3]
    assert versions(database) == [5, 2, 1]
    assert traces(database) == {"hopline_v5", "hopline_v2", "hopline_v1"}
    activate(database, 5)
    assert collect_releases(database, SCHEMA, keep=2) == [1]
    assert collect_releases(database, SCHEMA, keep=2) == []


def test_the_active_release_cannot_be_taken_away(database, drafts):
    (draft,) = drafts(1)
    assert remove_release(database, SCHEMA, 1) is False
    assert top(database) == (1, best(draft, 0, 4)[0])


def test_taking_away_what_was_half_taken_away_completes_it(database, drafts):
    drafts(2)
    assert remove_release(database, SCHEMA, 1) is True
    assert remove_release(database, SCHEMA, 1) is True
    assert traces(database) == {"hopline_v2"}
