import pytest
from pydantic import ValidationError

from graph.errors import SchemaError
from graph.schema import EdgeKind, EdgeRole, Feature, FeatureType, NodeKind, NodeRole, Schema

USER = NodeKind(label="User", role=NodeRole.USER)
ITEM = NodeKind(label="Item", role=NodeRole.ITEM)
SONG = NodeKind(label="Song", role=NodeRole.ITEM)
ENTITY = NodeKind(label="Entity", role=NodeRole.ENTITY)
RATED = EdgeKind(source="User", type="RATED", target="Item", role=EdgeRole.INTERACTION, value="value")
MADE_BY = EdgeKind(source="Item", type="MADE_BY", target="Entity", role=EdgeRole.KNOWLEDGE)
JOINED = EdgeKind(source="User", type="JOINED", target="Entity", role=EdgeRole.SOCIAL)


def interaction(source, target):
    return EdgeKind(source=source, type="SAW", target=target, role=EdgeRole.INTERACTION)


@pytest.mark.parametrize(
    ("nodes", "edges", "message"),
    [
        pytest.param((USER, ITEM, USER), (RATED,), r"labels are declared twice: \['User'\]", id="a label twice"),
        pytest.param((USER, ITEM), (RATED, RATED), "edge kinds are declared twice", id="an edge kind twice"),
        pytest.param((ITEM,), (), "0 node kinds with role 'user'", id="no user"),
        pytest.param((USER,), (), "0 node kinds with role 'item'", id="no item"),
        pytest.param((USER, ITEM, SONG), (RATED,), r"no interaction leads to the item kinds \['Song'\]", id="an item unmet"),
        pytest.param((USER, ITEM), (RATED, MADE_BY), r"undeclared labels \['Entity'\]", id="an undeclared label"),
        pytest.param((USER, ITEM), (RATED, interaction("Item", "User")), "must go from 'User' to 'Item'", id="turned round"),
        pytest.param((USER, ITEM, ENTITY), (interaction("User", "Entity"),), "must go from 'User' to 'Item'", id="elsewhere"),
        pytest.param(
            (USER, ITEM, SONG),
            (RATED, interaction("Song", "Item")),
            "must go from 'User' to 'Item' or 'Song'",
            id="between items",
        ),
        pytest.param((USER, ITEM), (), "no edge kind has role 'interaction'", id="no interaction"),
        pytest.param((USER, ITEM, ENTITY), (RATED, JOINED), "joining groups, is an interaction", id="a tie with no user"),
        pytest.param((USER, ITEM, ENTITY), (MADE_BY,), "no edge kind has role 'interaction'", id="only facts"),
    ],
)
def test_a_schema_that_contradicts_itself_is_refused(nodes, edges, message):
    with pytest.raises(SchemaError, match=message):
        Schema(nodes=nodes, edges=edges)


@pytest.mark.parametrize(
    "make",
    [
        lambda: NodeKind(label="", role=NodeRole.USER),
        lambda: NodeKind(label="User", key="", role=NodeRole.USER),
        lambda: NodeKind(label="User", role="customer"),
        lambda: Feature(name="", type=FeatureType.NUMERIC),
        lambda: EdgeKind(source="User", type="", target="Item", role=EdgeRole.SOCIAL),
        lambda: NodeKind(label="User", role=NodeRole.USER, titel="name"),
    ],
    ids=["empty label", "empty key", "unknown role", "empty feature", "empty type", "misspelt field"],
)
def test_a_part_that_says_nothing_is_refused(make):
    with pytest.raises(ValidationError):
        make()


def test_one_type_may_join_several_pairs_of_labels():
    other = MADE_BY.model_copy(update={"source": "Entity"})
    schema = Schema(nodes=(USER, ITEM, ENTITY), edges=(RATED, MADE_BY, other))
    assert schema.knowledge == (MADE_BY, other)
    assert schema.interactions == (RATED,)
    assert (schema.user, schema.items) == (USER, (ITEM,))


def test_the_first_item_kind_is_the_default_domain_and_an_unknown_one_is_told_the_known_ones():
    schema = Schema(nodes=(SONG, USER, ITEM), edges=(RATED, interaction("User", "Song")))
    assert schema.items == (SONG, ITEM)
    assert schema.domain() is SONG
    assert schema.domain("Item") is ITEM
    with pytest.raises(SchemaError, match=r"there is no domain 'User'; the graph's are \['Song', 'Item'\]"):
        schema.domain("User")


def test_an_unknown_label_is_told_the_known_ones():
    schema = Schema(nodes=(USER, ITEM), edges=(RATED,))
    assert schema.node("Item") is ITEM
    with pytest.raises(SchemaError, match=r"no label 'Song'; it has \['User', 'Item'\]"):
        schema.node("Song")


def test_a_schema_is_the_same_after_its_json():
    odd = NodeKind(label="Ünï `x`", key="the id", role=NodeRole.ENTITY, title="名", features=())
    schema = Schema(nodes=(USER, ITEM, odd), edges=(RATED,))
    assert Schema.model_validate_json(schema.model_dump_json()) == schema


def test_a_schema_cannot_be_changed():
    schema = Schema(nodes=(USER, ITEM), edges=(RATED,))
    with pytest.raises(ValidationError):
        schema.nodes = ()


def test_a_graph_with_one_label_is_refused_and_told_what_is_missing():
    person = NodeKind(label="Person", role=NodeRole.USER)
    with pytest.raises(SchemaError, match=r"0 node kinds with role 'item' among \['Person'\]; expected at least one"):
        Schema(nodes=(person,), edges=(EdgeKind(source="Person", type="KNOWS", target="Person", role=EdgeRole.SOCIAL),))
