"""Scores explained from a run's folder: they add up to what was served, in words, or it is said why they cannot be."""

import dataclasses

import numpy as np
import pytest

from gnn.attribution import Path, Propagation, find_paths
from gnn.encoder import EncoderConfig
from gnn.model import MultiTaskModel, TasksConfig
from graph.progress import silent
from graph.schema import EdgeKind, EdgeRole, NodeKind, NodeRole, Schema
from graph.snapshot import NodeColumns, Snapshot
from hopline.config import Config
from hopline.errors import NotFoundError, SchemaError, TrainingError
from hopline.fit import fit
from hopline.path_words import PathWords
from hopline.run_folder import read_run, write_run
from hopline.score_explainer import ScoreExplainer
from loaders.sampling.learning_graph import build_learning_graph
from tests.small_graphs import RATED, edges

NUM = 24
NODES = (
    NodeKind(label="User", role=NodeRole.USER),
    NodeKind(label="Item", role=NodeRole.ITEM, title="title"),
    NodeKind(label="Entity", role=NodeRole.ENTITY, title="name"),
)
EDGES = (
    EdgeKind(source="User", type="RATED", target="Item", role=EdgeRole.INTERACTION, value="value"),
    EdgeKind(source="User", type="FRIEND", target="User", role=EdgeRole.SOCIAL),
    EdgeKind(source="Item", type="DIRECTED_BY", target="Entity", role=EdgeRole.KNOWLEDGE),
    EdgeKind(source="Item", type="SEQUEL_OF", target="Item", role=EdgeRole.KNOWLEDGE),
)
FRIEND, DIRECTED, SEQUEL = (kind.triple for kind in EDGES[1:])


def films(pairs=None, friends=(), directed=(), sequels=(), schema_edges=EDGES):
    """Even users like even films, but for ``pairs``; film 5 has no title, entity 0 is Ridley Scott, entity 1 has no name."""
    taken = pairs or [(u, i) for u in range(NUM) for i in range(NUM) if u % 2 == i % 2 and (u, i) != (0, 2)]
    found = {
        RATED: edges(taken, value=[1 + (u + i) % 5 for u, i in sorted(taken)]),
        FRIEND: edges(friends),
        DIRECTED: edges(directed),
        SEQUEL: edges(sequels),
    }
    return Snapshot(
        Schema(nodes=NODES, edges=schema_edges),
        {
            "User": NodeColumns(np.array([f"u{n:02}" for n in range(NUM)]), {}),
            "Item": NodeColumns(np.arange(NUM), {"title": [None if n == 5 else f"Film {n}" for n in range(NUM)]}),
            "Entity": NodeColumns(np.array(["m.0", "m.1"]), {"name": ["Ridley Scott", None]}),
        },
        {kind.triple: found[kind.triple] for kind in schema_edges},
    )


def learn(folder, graph, **train):
    config = Config().changed(
        {
            "train": {"epochs": 4, "validate_every": 2, **train},
            "model": {"embedding_size": 8},
            "fuse": {"ease": 0.0, "ials": 0.0},
            "tasks": {"link": None},
        }
    )
    config = config.model_copy(update={"run_folder": folder})
    run = fit(graph, config, 0, silent, lambda _r: None, lambda _e, _s, _n: None, lambda _r: None)
    write_run(folder, run)
    return config


def said(graph, user, item):
    """The sentences of all paths between two."""
    data = build_learning_graph(graph)
    steps = Propagation.of(MultiTaskModel(data, EncoderConfig(embedding_size=4), TasksConfig()), data)
    ends = steps.begins["User"] + user, steps.begins["Item"] + item
    found = find_paths(steps, *ends, np.zeros(len(steps.kind)))
    paths = []
    for relationships, between in zip(found.relationships, found.between, strict=True):
        nodes = (ends[0], *between[between >= 0].tolist(), ends[1])
        paths.append(Path(tuple(relationships[relationships >= 0].tolist()), nodes, 1.0))
    return [reason.sentence for reason in PathWords(steps, data, graph).reasons(paths)]


@pytest.fixture(scope="module")
def graph():
    return films(friends=[(0, 4)], directed=[(2, 0), (4, 0), (6, 1)], sequels=[(2, 6)])


@pytest.fixture(scope="module")
def config(tmp_path_factory, graph):
    return learn(tmp_path_factory.mktemp("run"), graph)


@pytest.fixture(scope="module")
def explainer(config, graph):
    return ScoreExplainer.of(read_run(config.run_folder), graph, config, silent)


@pytest.mark.parametrize("refit", [True, False])
def test_the_score_is_that_of_the_vectors_and_its_parts_add_up(tmp_path, graph, refit):
    config = learn(tmp_path, graph, refit=refit)
    run = read_run(tmp_path)
    explainer = ScoreExplainer.of(run, graph, config, silent)
    for user, item in ((0, 2), (3, 8), (5, 5)):
        found = explainer.explain(f"u{user:02}", item)
        assert found.score == pytest.approx(float(run.users.vectors[user] @ run.items[0].vectors[item]), abs=1e-5)
        assert found.own + found.others + sum(path.brought for path in found.paths) == pytest.approx(found.score)
        shares = [path.share for path in found.paths]
        assert shares == sorted(shares, reverse=True)


def test_reasons_name_titles_and_say_how_they_lead_to_the_item(explainer):
    paths = explainer.explain("u00", "2", limit=100).paths
    people = [path for path in paths if path.types == ("RATED", "RATED", "RATED")]
    assert people
    for path in people:
        assert path.sentence.endswith(", chose it too")
        assert path.nodes[0].startswith("Film ")
        assert all(name.startswith("u") for name in path.nodes[1:])


@pytest.mark.parametrize(
    ("user", "item", "wanted"),
    [
        (0, 2, "directed by Ridley Scott, like Film 4, which you rated 5"),
        (4, 2, "Film 6, which you rated 1, is sequel of it"),
        (0, 6, "directed by m.1, like 5, which you rated 1"),
        (0, 4, "you met it yourself (rated 5)"),
        (0, 2, "your friend u06 and another of your friends chose it"),
        (0, 2, "user u08, a friend of your friend u04, chose it"),
        (0, 2, "user u02 and 10 more, who chose Film 4, which you rated 5, chose it too"),
        (0, 2, "by way of u04 and Film 6 (friend, rated, sequel of)"),
    ],
)
def test_every_shape_of_path_is_said_in_words(user, item, wanted):
    liked = [(u, i) for u in range(NUM) for i in range(NUM) if u % 2 == i % 2 and (u, i) not in {(0, 2), (0, 6)}]
    graph = films(
        [*liked, (0, 5)],
        friends=[(0, 4), (6, 0), (4, 8)],
        directed=[(2, 0), (4, 0), (6, 1), (5, 1)],
        sequels=[(6, 2)],
    )
    assert wanted in said(graph, user, item)


def test_who_is_followed_is_no_friend():
    follows = EdgeKind(source="User", type="FOLLOWS", target="User", role=EdgeRole.SOCIAL)
    graph = films(friends=[(0, 4)], schema_edges=tuple(EDGES[:1]))
    schema = Schema(nodes=NODES, edges=(EDGES[0], follows))
    graph = dataclasses.replace(graph, schema=schema, edges=graph.edges | {follows.triple: edges([(0, 4)])})
    assert "by way of u04 (follows, rated)" in said(graph, 0, 2)


def test_leaving_the_paths_out_makes_the_score_fall_further_than_as_many_like_them(explainer):
    found = explainer.explain("u00", 2, limit=4)
    assert found.without_paths < found.without_random <= found.score + 0.05


def test_fewer_paths_are_the_first_of_more(explainer):
    few, many = (sum(path.brought for path in explainer.explain("u00", 2, limit=limit).paths) for limit in (2, 6))
    assert 0 < few < many


def test_unknown_ends_and_domains_are_named(explainer):
    with pytest.raises(NotFoundError, match="there is no User whose id is 'eve'"):
        explainer.explain("eve", 2)
    with pytest.raises(NotFoundError, match="there is no Item whose id is '99'"):
        explainer.explain("u00", "99")
    with pytest.raises(SchemaError, match="there is no domain 'Song'"):
        explainer.explain("u00", 2, domain="Song")


def test_a_pair_that_nothing_joins_has_a_score_and_no_path(tmp_path):
    taken = [(u, i) for u in range(NUM - 1) for i in range(NUM - 1) if u % 2 == i % 2]
    graph = films(taken)
    config = learn(tmp_path, graph)
    found = ScoreExplainer.of(read_run(tmp_path), graph, config, silent).explain("u23", 4)
    assert (found.score, found.paths, found.without_paths) == (0.0, [], 0.0)


@pytest.mark.parametrize("changed", ["interactions", "facts"])
def test_a_graph_that_changed_since_is_refused(config, graph, changed):
    new = {RATED: edges([(0, 0)], value=[3])} if changed == "interactions" else {DIRECTED: edges([(2, 0)])}
    other = dataclasses.replace(graph, edges=graph.edges | new)
    run = read_run(config.run_folder)
    with pytest.raises(TrainingError, match=r"the graph changed since training.*run `hopline train` again"):
        ScoreExplainer.of(run, other, config, silent)


def test_a_run_without_its_checkpoints_or_configuration_is_refused(tmp_path, config, graph):
    run = read_run(config.run_folder)
    moved = config.model_copy(update={"run_folder": tmp_path})
    with pytest.raises(TrainingError, match="its checkpoints are gone"):
        ScoreExplainer.of(run, graph, moved, silent)
    with pytest.raises(TrainingError, match="does not tell how it was configured"):
        ScoreExplainer.of(dataclasses.replace(run, config={}), graph, config, silent)
