"""Every statement of the catalogue is one that the server accepts, and is what its header says it is."""

import re

import pytest

from cypher import Access, Term, TermKind, Unless, catalog, load

pytestmark = pytest.mark.integration

STATEMENTS = [load(name) for name in catalog()]
READS = [statement for statement in STATEMENTS if statement.access is Access.READ]

EXAMPLES = {
    **dict.fromkeys(["k", "candidates", "dimensions", "history", "limit", "people", "after", "expected", "received_ns"], 2),
    **dict.fromkeys(["timeout_s", "version", "transaction", "checksum", "active", "lease_s", "known"], 2),
    **dict.fromkeys(
        [
            "ids",
            "user_ids",
            "item_ids",
            "sources",
            "targets",
            "types",
            "names",
            "vectors",
            "search_widths",
            "deep_search_widths",
        ],
        (),
    ),
    **dict.fromkeys(["source_ids", "target_ids"], ()),
    **dict.fromkeys(["nodes", "edges", "leaving", "reaching"], ()),
    "page": dict.fromkeys(["nodes", "edges", "sources"], ()),
    **dict.fromkeys(["user_id", "item_id", "index", "property", "json", "old_password", "new_password"], "text"),
    **dict.fromkeys(["holder", "work", "label", "suffix", "canary", "name", "winner", "experiment"], "text"),
    **dict.fromkeys(["versions", "seconds"], ()),
    **dict.fromkeys(["window_s", "since_s"], 0.5),
    "releases": {"new": 2},
    **{maps: {"User": "name"} for maps in ("titles", "keys")},
    "values": {"Item": {"RATED": "value"}},
    **dict.fromkeys(["depth", "length", "most", "scanned", "least", "people_search_width", "people_deep_search_width"], 2),
    **dict.fromkeys(["groups", "labels", "source_keys", "target_keys", "procedures"], ()),
    **dict.fromkeys(["id", "source_id", "target_id", "text", "hidden"], "text"),
    **dict.fromkeys(["but", "items", "liked", "met", "own", "told", "traits"], ()),
    "vector": [0.5, 0.5],
    "times": {},
    "amounts": {},
    "weighed": True,
    "most": 1,
    "unit": "month",
    **dict.fromkeys(["scale", "zero", "reach"], 0.5),
    **dict.fromkeys(["met_most", "before_ns"], 2),
    **dict.fromkeys(["neighbours", "weights"], ()),
    "popular": "{}",
    "is_whole": True,
    "part": 0,
    "columns": (),
    "even_previous": False,
    "share": 0.5,
}
LISTS_OF_PROPERTIES = {
    "explore/count_values_in_groups",
    "snapshot/read_nodes",
    "sync/read_nodes_by_internal_id",
    "load/merge_nodes",
    "load/create_edges",
    "load/complete_edges",
    "events/fill_properties",
    "events/write_interactions",
    "events/record_impressions",
    "schema/derive_keys",
    "publish/remove_vectors",
    "publish/remove_vectors_by_id",
    "publish/sample_vectors",
}

SINGLE = {TermKind.EQUAL, TermKind.AT_LEAST, TermKind.AT_MOST}
BY_INDEX = (
    Term(TermKind.EQUAL, "a `b`"),
    Term(TermKind.AT_LEAST, "c"),
    Term(TermKind.AT_MOST, "c"),
    Term(TermKind.ONE_OF, "d"),
)
EVERY = (
    *BY_INDEX,
    Term(TermKind.HAS_ANY, "a `b`"),
    Term(TermKind.LINKED, "a `b`", "c`"),
)
UNLESS = Unless((Term(TermKind.EQUAL, "c"), Term(TermKind.EQUAL, "d")))
TOLD = (*EVERY, Term(TermKind.VALUE, "a `b`"), Term(TermKind.VALUES, "a `b`"), Term(TermKind.ENDS, "a `b`", "c`"))
QUERY_TYPES = {Access.READ: {"r"}, Access.WRITE: {"w", "rw"}, Access.SCHEMA: {"s"}}
ON_THE_SYSTEM_ITSELF = {
    "admin/read_server_version",
    "admin/change_own_password",
    "checkup/read_heap",
}  # "s", whether it reads or writes

WRITING = re.compile(r"\b(CREATE|MERGE|SET|DELETE|REMOVE|DROP|ALTER|FOREACH|LOAD\s+CSV|IN\s+TRANSACTIONS)\b", re.IGNORECASE)
COMMENT = re.compile(r"//.*")


def examples_for(statement):
    """Values of the kinds that the headers tell; a statement with a new kind of parameter is added above."""
    examples = EXAMPLES | {
        "properties": [] if statement.name in LISTS_OF_PROPERTIES else {},
        "over": 2 if statement.name == "publish/replace_release" else "text",
        "values": [] if statement.name == "publish/write_checksums" else EXAMPLES["values"],
    }
    return {param: examples[param] for param in statement.params if param not in statement.terms}


def names_for(statement):
    return {identifier: f"a `{identifier}`" for identifier in statement.identifiers}


def terms_for(statement):
    """None in any place; then each kind in it that the place can have, and values for them."""
    yield dict.fromkeys(statement.terms, ()), dict.fromkeys(statement.terms, ())
    if statement.terms:
        each = {"indexed": BY_INDEX, "wanted": (*EVERY, UNLESS), "told": TOLD, "owned": EVERY}
        at_a_place = {place: each[place] for place in statement.terms}
        values = {
            place: [[2, 3] if term is UNLESS else 2 if term.kind in SINGLE else [2] for term in terms]
            for place, terms in at_a_place.items()
        }
        yield at_a_place, values


def explain(driver, statement, text, params):
    database = "system" if statement.name == "admin/change_own_password" else "neo4j"
    with driver.session(database=database) as session:
        result = session.run(f"EXPLAIN {text}", params)
        return tuple(result.keys()), result.consume()


@pytest.fixture
def with_index(database):
    """Some statements are only understood where the index they name is."""
    index = load("publish/create_narrowable_vector_index")
    names = {"index": "a `index`", "label": "a `item`", "property": "a `vector`", "filters": ["a `b`", "c", "d"]}
    database.schema(index, {"dimensions": 2}, names)
    database.read(load("schema/await_indexes"), {"timeout_s": 60})


@pytest.mark.usefixtures("with_index")
@pytest.mark.parametrize("statement", STATEMENTS, ids=lambda statement: statement.name)
def test_the_server_accepts_a_statement_and_finds_it_to_be_what_its_header_says(driver, statement):
    for terms, values in terms_for(statement):
        params, names = examples_for(statement) | values, names_for(statement) | terms
        keys, summary = explain(driver, statement, statement.render(names), params)
        assert keys == statement.returns
        expected = {"s"} if statement.name in ON_THE_SYSTEM_ITSELF else QUERY_TYPES[statement.access]
        assert summary.query_type in expected
        assert explain(driver, statement, statement.inline(params, names), {})[0] == keys


@pytest.mark.parametrize("statement", READS, ids=lambda statement: statement.name)
def test_a_statement_that_reads_has_no_word_that_writes(statement):
    assert WRITING.findall(COMMENT.sub("", statement.text)) == []


@pytest.mark.parametrize("statement", STATEMENTS, ids=lambda statement: statement.name)
def test_a_file_is_named_for_what_it_does_and_says_why_it_is_there(statement):
    folder, _, file = statement.name.partition("/")
    assert re.fullmatch(r"[a-z]+", folder)
    assert re.fullmatch(r"[a-z]+(_[a-z]+)+", file)
    assert statement.purpose[0].isupper()
    assert statement.purpose.endswith(".")


@pytest.mark.parametrize("statement", STATEMENTS, ids=lambda statement: statement.name)
def test_a_file_is_one_statement(statement):
    assert ";" not in re.sub(r"'[^']*'", "", COMMENT.sub("", statement.text))
