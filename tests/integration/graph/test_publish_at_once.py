"""Publishing while others publish, or ask."""

import os
import threading

import pytest

from cypher import load
from graph.asking import Served
from graph.errors import ReleaseError
from graph.experiments import ask_serving
from graph.publish import publish
from graph.recommend import recommend
from graph.releases import active_release, collect_releases, list_releases
from graph.similar import similar
from tests.small_releases import SCHEMA, best, make_draft, rows, traces, write_graph

pytestmark = pytest.mark.integration


def small(seed):
    return make_draft(num_users=3, num_items=15, seed=seed)


def top(database):
    found = recommend(database, SCHEMA, "u0", 4)
    return found.version, [item.id for item in found.items]


@pytest.mark.parametrize("moment", ["writing vectors", "building the index", "checking"])
def test_of_two_publishers_the_first_wins_and_the_other_is_told(database, moment):
    write_graph(database, small(0))
    refused = []

    def interfere(stage, done, total):
        if stage == moment and not refused:
            for other in (lambda: publish(database, SCHEMA, small(1)), lambda: collect_releases(database, SCHEMA)):
                with pytest.raises(ReleaseError, match=f"at work, by process {os.getpid()} on .* wait for it") as told:
                    other()
                refused.append(told)

    assert publish(database, SCHEMA, small(0), progress=interfere).version == 1
    assert len(refused) == 2
    assert top(database) == (1, best(small(0), 0, 4)[0])
    assert publish(database, SCHEMA, small(1)).version == 2
    assert traces(database) == {"hopline_v1", "hopline_v2"}


def test_publishers_that_start_together_get_different_versions_or_a_clear_error(database):
    write_graph(database, small(0))
    publish(database, SCHEMA, small(0))
    start = threading.Barrier(3)
    done, refused = [], []

    def one(seed):
        start.wait()
        try:
            done.append(publish(database, SCHEMA, small(seed)).version)
        except ReleaseError as error:
            refused.append(str(error))

    threads = [threading.Thread(target=one, args=(seed,)) for seed in (1, 2, 3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(done) + len(refused) == 3
    assert len(set(done)) == len(done)
    assert all("another publish" in text for text in refused)
    assert {release.version for release in list_releases(database)} == {1, *done}
    assert traces(database) == {f"hopline_v{version}" for version in (1, *done)}
    assert active_release(database).version in {1, *done}


def test_asking_during_publishes_never_fails_and_never_mixes_releases(database):
    wanted = {seed + 1: best(small(seed), 0, 4)[0] for seed in range(5)}
    assert len({tuple(ids) for ids in wanted.values()}) == 5
    write_graph(database, small(0))
    publish(database, SCHEMA, small(0))

    def publish_more():
        for seed in range(1, 5):
            publish(database, SCHEMA, small(seed))
            collect_releases(database, SCHEMA, keep=1)

    writer = threading.Thread(target=publish_more)
    writer.start()
    seen = []
    while writer.is_alive():
        version, ids = top(database)
        assert ids == wanted[version]
        seen.append(version)
    writer.join()
    assert seen == sorted(seen)
    assert top(database) == (5, wanted[5])


def test_a_release_that_is_collected_while_it_is_asked_gives_way_to_the_active_one(database):
    write_graph(database, small(0))
    publish(database, SCHEMA, small(0))
    old = database.answer(ask_serving())
    for seed in (1, 2):
        publish(database, SCHEMA, small(seed))
    assert collect_releases(database, SCHEMA, keep=1) == [1]
    served = Served()
    served.serving = old
    found = recommend(database, SCHEMA, "u0", 4, served=served)
    assert (found.version, [item.id for item in found.items]) == (3, best(small(2), 0, 4)[0])


def test_what_is_remembered_of_a_release_is_asked_for_again_once_another_serves(database):
    write_graph(database, small(0))
    publish(database, SCHEMA, small(0))
    served = Served()
    for seed in range(3):
        if seed:
            publish(database, SCHEMA, small(seed))
        found = recommend(database, SCHEMA, "u0", 4, served=served)
        assert (found.version, [item.id for item in found.items]) == (seed + 1, best(small(seed), 0, 4)[0])
        assert similar(database, SCHEMA, "i0", 4, served=served).version == seed + 1


def test_an_index_that_a_restarted_server_builds_again_is_waited_for(database):
    draft = make_draft(num_users=3, num_items=6000, dimensions=32)
    write_graph(database, draft)
    publish(database, SCHEMA, draft)
    rows(database, "DROP INDEX `hopline_v1 Item`")
    database.schema(
        load("publish/create_vector_index"),
        {"dimensions": 33},
        {"index": "hopline_v1 Item", "label": "Item", "property": "hopline_v1"},
    )
    assert top(database) == (1, best(draft, 0, 4)[0])
