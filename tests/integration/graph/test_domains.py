"""Goods and articles in one graph: each question is answered in one domain, out of what is known in all."""

import numpy as np
import pytest

from graph.database import Database
from graph.embeddings import Embeddings, ReleaseDraft
from graph.errors import NotFoundError, ReleaseError, SchemaError
from graph.explain import explain
from graph.publish import publish
from graph.recommend import recommend
from graph.releases import collect_releases, list_releases, remove_release
from graph.schema import Schema
from graph.similar import similar
from graph.write import write_tables
from tests.small_domains import ARTICLE, ARTICLES, BOUGHT, GOOD, GOODS, LIKED_GOOD, SCHEMA, USER, USERS, shop_tables
from tests.small_releases import pasted, rows, traces

pytestmark = pytest.mark.integration


def make_draft(seed=0):
    """Vectors of different lengths, those of articles much the shorter."""
    rng = np.random.default_rng(seed)

    def embeddings(kind, ids, length):
        scale = length * np.exp(rng.normal(0, 1, (len(ids), 1)))
        return Embeddings(kind.label, np.array(ids), (scale * rng.normal(size=(len(ids), 6))).astype(np.float32))

    users, goods, articles = embeddings(USER, USERS, 1), embeddings(GOOD, GOODS, 5), embeddings(ARTICLE, ARTICLES, 0.2)
    return ReleaseDraft(users, (goods, articles), {}, {}, {GOOD.label: [3, 1], ARTICLE.label: ["7", "5"]})


@pytest.fixture(params=["SEARCH", "queryNodes"])
def path(request, monkeypatch):
    if request.param == "queryNodes":
        monkeypatch.setattr(Database, "supports_search", False)
    return request.param


@pytest.fixture
def draft(database):
    draft = make_draft()
    write_tables(database, shop_tables(bought=[("u0", 4), ("u1", 4)], read=[("u0", "9"), ("u1", "8")]))
    publish(database, SCHEMA, draft)
    return draft


def ids(found):
    return [item.id for item in found.items]


def as_rows(found):
    return [(item.id, item.title, item.score) for item in found.items]


def test_a_user_gets_the_exact_ranking_of_the_domain_asked_and_nothing_of_another(database, draft, path):
    for kind, items, seen in ((GOOD, draft.items[0], [4]), (ARTICLE, draft.items[1], ["9"])):
        scores = items.vectors.astype(np.float64) @ draft.users.vectors[0].astype(np.float64)
        order = [place for place in np.argsort(-scores) if items.ids[place] not in seen]
        found = recommend(database, SCHEMA, "u0", 100, kind.label)
        assert (found.domain, found.by_model) == (kind.label, True)
        assert ids(found) == items.ids[order].tolist()
        assert [item.score for item in found.items] == pytest.approx(scores[order], rel=1e-4, abs=1e-5)
        assert pasted(database, found) == as_rows(found)
    assert ids(recommend(database, SCHEMA, "u0", 5)) == ids(recommend(database, SCHEMA, "u0", 5, GOOD.label))


def test_popular_items_are_those_of_the_domain(database, draft):
    assert ids(recommend(database, SCHEMA, "nobody", 5)) == [3, 1]
    found = recommend(database, SCHEMA, "nobody", 5, ARTICLE.label)
    assert [(item.id, item.title) for item in found.items] == [("7", "News 7"), ("5", "News 5")]


def test_items_like_one_can_be_of_another_domain_and_are_ranked_by_the_exact_cosine(database, draft, path):
    unit = [items.vectors / np.linalg.norm(items.vectors, axis=1, keepdims=True) for items in draft.items]
    for of, one, domain, other in ((GOOD, 0, ARTICLE, 1), (ARTICLE, 1, GOOD, 0), (GOOD, 0, GOOD, 0)):
        cosines = unit[other] @ unit[one][7]
        order = [place for place in np.argsort(-cosines) if (one, 7) != (other, place)][:8]
        found = similar(database, SCHEMA, "7", 8, domain.label, of.label)
        assert found.domain == domain.label
        assert ids(found) == draft.items[other].ids[order].tolist()
        assert [item.score for item in found.items] == pytest.approx(cosines[order], abs=1e-5)
        assert pasted(database, found) == as_rows(found)


def test_an_id_that_two_domains_have_is_that_of_the_first_unless_one_is_named(database, draft):
    assert similar(database, SCHEMA, "7").domain == GOOD.label
    assert similar(database, SCHEMA, "7", of=ARTICLE.label).domain == ARTICLE.label
    rows(database, "CREATE (:`News ``item``` {id: 'only here'})")
    with pytest.raises(NotFoundError, match=r"release 1 has no vector of News `item` 'only here'"):
        similar(database, SCHEMA, "only here")
    with pytest.raises(NotFoundError, match=r"there is no Good whose sku or News `item` whose id is 'nowhere'; check the id"):
        similar(database, SCHEMA, "nowhere")


def test_an_article_is_explained_by_goods_and_the_other_way_round(database, draft):
    (path,) = [path for path in explain(database, SCHEMA, "u0", "8", domain=ARTICLE.label).paths if path.nodes == ("Good 4",)]
    assert path.sentence == "the only other person who chose Good 4, which you bought, chose it too"
    rows(database, "MATCH (u:User {id: 'u2'}), (a:`News ``item``` {id: '9'}) CREATE (u)-[:LIKED {claps: 2.0}]->(a)")
    found = explain(database, SCHEMA, "u2", 4, domain=GOOD.label)
    assert [path.sentence for path in found.paths] == ["the only other person who chose News 9, which you liked, chose it too"]
    assert [row["weight"] for row in rows(database, found.statement)] == [path.weight for path in found.paths]


def test_a_value_counts_by_the_property_and_the_scale_of_its_domain(database):
    draft = make_draft()
    liked = [("u0", 2, 5.0), ("u0", 3, 1.0), ("u1", 2, 5.0), ("u1", 3, 5.0)]
    write_tables(database, shop_tables(bought=[("u1", 5)], liked=liked, read=[("u0", "2"), ("u1", "2")]))
    rows(database, "MATCH (:User)-[r:LIKED]->(:`News ``item```) SET r.claps = 100.0")
    publish(database, SCHEMA, draft)
    unlike = {path.nodes[0]: path.weight for path in explain(database, SCHEMA, "u0", 5).paths}
    rows(database, "MATCH (:User)-[r:LIKED]->(:`News ``item```) SET r.claps = 3.0")
    assert {path.nodes[0]: path.weight for path in explain(database, SCHEMA, "u0", 5).paths} == unlike
    assert set(unlike) == {"Good 2", "Good 3", "News 2"}


def test_an_unknown_domain_is_told_the_known_ones(database, draft):
    for ask in (
        lambda: recommend(database, SCHEMA, "u0", domain="Video"),
        lambda: similar(database, SCHEMA, "7", domain="Video"),
        lambda: similar(database, SCHEMA, "7", of="User"),
        lambda: explain(database, SCHEMA, "u0", "7", domain="Video"),
    ):
        with pytest.raises(SchemaError, match=r"there is no domain '(Video|User)'; the graph's are \['Good', 'News `item`'\]"):
            ask()


def test_a_domain_that_came_after_the_release_says_to_train_again(database, draft):
    goods_only = Schema(nodes=(USER, GOOD), edges=(BOUGHT, LIKED_GOOD))
    publish(database, goods_only, ReleaseDraft(draft.users, draft.items[:1], {}, {}, {}))
    assert recommend(database, SCHEMA, "u0").version == 2
    with pytest.raises(ReleaseError, match=r"release 2 has nothing of the domain 'News `item`', but of \['Good'\].*train"):
        recommend(database, SCHEMA, "u0", domain=ARTICLE.label)


def test_a_release_has_an_index_a_domain_and_is_taken_away_whole_whatever_the_schema_is_now(database, draft):
    for seed in (1, 2):
        publish(database, SCHEMA, make_draft(seed))
    indexes = {row["name"]: row["labels"] for row in rows(database, "SHOW VECTOR INDEXES YIELD name, labelsOrTypes AS labels")}
    assert indexes == {f"hopline_v{version} {kind.label}": [kind.label] for version in (1, 2, 3) for kind in (GOOD, ARTICLE)}
    assert collect_releases(database, SCHEMA, keep=1) == [1]
    goods_only = Schema(nodes=(USER, GOOD), edges=(BOUGHT, LIKED_GOOD))
    assert remove_release(database, goods_only, 2, even_previous=True)
    assert traces(database) == {"hopline_v3"}


def test_a_publish_that_fails_in_one_domain_leaves_the_old_release_in_all(database, draft):
    strange = Embeddings(ARTICLE.label, np.array([*ARTICLES, "ghost"]), np.ones((len(ARTICLES) + 1, 6), np.float32))
    with pytest.raises(ReleaseError, match="1 of 25 News `item` vectors have no node"):
        publish(database, SCHEMA, ReleaseDraft(draft.users, (draft.items[0], strange), {}, {}, {}))
    assert traces(database) == {"hopline_v1"}
    assert recommend(database, SCHEMA, "u0", domain=ARTICLE.label).version == 1


def test_a_release_of_an_earlier_hopline_is_listed_refused_and_taken_away(database):
    draft = make_draft()
    write_tables(database, shop_tables())
    goods_only = Schema(nodes=(USER, GOOD), edges=(BOUGHT,))
    publish(database, goods_only, ReleaseDraft(draft.users, draft.items[:1], {}, {}, {}))
    rows(
        database,
        "MATCH (r:HoplineRelease) SET r.num_items = 24, r.search_width = 100, r.popular = [1, 2] "
        "REMOVE r.item_labels, r.search_widths, r.deep_search_widths",
    )
    (row,) = rows(database, "SHOW VECTOR INDEXES YIELD name, createStatement AS made")
    rows(database, f"DROP INDEX `{row['name']}`")
    rows(database, row["made"].replace(f"`{row['name']}`", "`hopline_v1`"))
    (old,) = list_releases(database)
    assert (old.version, old.active, old.ready, old.domains) == (1, True, True, ())
    with pytest.raises(ReleaseError, match=r"release 1 is of an earlier Hopline .* run `hopline train` and `hopline publish`"):
        recommend(database, SCHEMA, "u0")
    publish(database, SCHEMA, draft)
    assert remove_release(database, SCHEMA, 1, even_previous=True)
    assert traces(database) == {"hopline_v2"}
