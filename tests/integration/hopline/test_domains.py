"""One model of goods and articles that share their users: learnt, published and asked together."""

import json

import pytest

from graph.write import write_tables
from hopline.cli.evaluation import slices_table
from hopline.evaluate import BY_POPULARITY
from hopline.run_folder import read_run
from tests.small_domains import ARTICLE, GOOD, GOODS, GOODS_ONLY, SIZE, USERS, likes, shop_tables, withheld

pytestmark = pytest.mark.integration


@pytest.fixture
def published(recommender, database):
    write_tables(database, shop_tables())
    recommender.compile(tasks={"ranking": {"batch_size": 32}}, train={"epochs": 20}).fit().publish()
    return recommender


def test_each_domain_is_learnt_and_taste_in_one_tells_of_the_other(published, hopline):
    for number, user in enumerate(USERS):
        (good,) = published.recommend(user, k=1).items
        assert good.id == GOODS[withheld(number)]
    for number, user in enumerate(USERS):
        found = published.recommend(user, k=SIZE, domain=ARTICLE.label)
        assert found.by_model
        liked = [likes(number, int(item.id)) for item in found.items]
        if user in GOODS_ONLY:  # they read nothing: what they bought must tell
            assert all(liked[: SIZE // 2])
            assert len(found.items) == SIZE
        else:
            assert liked == [True] + [False] * (SIZE // 2)
            assert found.items[0].id == str(withheld(number))
            assert found.items[0].title == f"News {withheld(number)}"
    near = published.similar(4, k=SIZE // 2, domain=ARTICLE.label)
    assert all(likes(4, int(item.id)) for item in near.items)
    assert "which you bought, chose it too" in published.reason(GOODS_ONLY[0], str(withheld(18)), ARTICLE.label)

    run = read_run(published.config.run_folder)
    assert [items.label for items in run.items] == [GOOD.label, ARTICLE.label]
    report = published.evaluate()
    assert report.num_users == SIZE
    ours = report.rows[0].metrics
    for domain in (GOOD.label, ARTICLE.label):
        assert ours[f"ndcg@20/{domain}"] == pytest.approx(run.metrics[f"ndcg@20/{domain}"])
        assert ours[f"ndcg@20/{domain}"] > report.rows[1].metrics[f"ndcg@20/{domain}"]
        assert run.metrics[f"valid/ndcg@20/{domain}"] > 0
    slices = [str(cell) for cell in slices_table(report).columns[0].cells]
    assert slices[-2:] == [GOOD.label, ARTICLE.label]
    assert report.calibrated_by == BY_POPULARITY

    status, out, _ = hopline("recommend", "--user", "u0", "--domain", ARTICLE.label, "--why", "--json")
    found = json.loads(out)
    assert (status, found["domain"], found["items"][0]["id"]) == (0, ARTICLE.label, str(withheld(0)))
    status, out, _ = hopline("similar", "--item", "4", "--of", ARTICLE.label, "--domain", GOOD.label, "--json")
    assert (status, json.loads(out)["domain"]) == (0, GOOD.label)
    assert hopline("explain", "--user", "u0", "--item", "2", "--domain", ARTICLE.label)[0] == 0
    status, _, err = hopline("recommend", "--user", "u0", "--domain", "Video")
    assert (status, err) == (1, "error: there is no domain 'Video'; the graph's are ['Good', 'News `item`']\n")
    described = json.loads(hopline("describe", "--json")[1])
    assert [node["label"] for node in described["nodes"] if node["role"] == "item"] == [GOOD.label, ARTICLE.label]
    assert all("ranking" in edge["tasks"] for edge in described["edges"])
    for command in ("evaluate", "describe"):
        status, out, _ = hopline(command, *(["--no-tune", "--quiet"] if command == "evaluate" else []))
        assert status == 0
        assert ARTICLE.label in out
