"""``hopline recommend | similar | session | people | explain``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict
from enum import Enum
from types import MappingProxyType
from typing import Annotated, Any, Literal

import typer

from graph.answers import Recommendations
from graph.explain import Explanation
from hopline.cli.options import ConfigFile, Count, Item, Json, Tenant, User
from hopline.cli.output import console, explanation_table, print_json, recommendation_table
from hopline.cli.score import print_score
from hopline.cli.where import parse_where
from hopline.errors import InputError
from hopline.recommender import Recommender

_PANEL = "Ask"
Cypher = Annotated[bool, typer.Option("--cypher", help="Print the statement that answers, to paste into cypher-shell.")]
Where = Annotated[
    list[str] | None,
    typer.Option(
        "--where",
        "-w",
        help="Only items that are so: 'price<=20', 'genre=Comedy|Drama', 'in_stock=true'; may be given again. [ask.filters] of "
        "hopline.toml declares what can be asked for.",
    ),
]
PeopleWhere = Annotated[
    list[str] | None,
    typer.Option(
        "--where",
        "-w",
        help="Only users who are so: 'age>=18', 'city=Oslo|Bergen'; may be given again. [ask.people_filters] of hopline.toml "
        "declares what can be asked for.",
    ),
]
Diversity = Annotated[
    float | None,
    typer.Option(
        "--diversity", min=0, max=1, help="How much likeness to items before it counts against one. [default: [ask] diversity]"
    ),
]
Explore = Annotated[
    float | None,
    typer.Option(
        "--explore", min=0, max=1, help="Share of places at which any good candidate is drawn. [default: [ask] explore]"
    ),
]
Asking = Annotated[
    str | None, typer.Option("--user", "-u", help="Who asks: an experiment answers by their variant. [default: nobody]")
]
Seed = Annotated[str | None, typer.Option("--seed", help="Decides what is drawn. [default: another each time]")]
InScenario = Annotated[
    str | None,
    typer.Option("--scenario", "-s", help="Whose order they are in: a name in [ask.scenarios]; see `hopline scenarios`."),
]


class Retriever(str, Enum):
    """What finds candidates."""

    vectors = "vectors"
    both = "vectors+similar"


Retrieved = Annotated[
    Retriever | None,
    typer.Option(
        "--retrieve",
        help="What finds them: a release's vectors, or relationships between items too, where it was published with "
        "[publish] similar. [default: [ask] retrieve, else what validation chose]",
    ),
]


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    for command in (recommend, similar, session, people, explain):
        app.command(rich_help_panel=_PANEL)(command)


def recommend(
    user: User,
    k: Count = 10,
    domain: Annotated[
        str | None, typer.Option("--domain", "-d", help="Label of the items. [default: the schema's first item kind]")
    ] = None,
    why: Annotated[bool, typer.Option("--why", help="Add a reason to each item; popular items have none.")] = False,
    where: Where = None,
    diversity: Diversity = None,
    explore: Explore = None,
    seed: Seed = None,
    retrieve: Retrieved = None,
    scenario: InScenario = None,
    tenant: Tenant = None,
    cypher: Cypher = False,
    config: ConfigFile = None,
    json: Json = False,
) -> None:
    """Recommend items that the user has not met. An unknown user gets popular items.

    In a graph with several kinds of items, such as goods and articles, `--domain Article` names the kind. `--scenario NAME`
    puts the best candidates in another order, by what tasks such as click and rating foretell of them.

    Example: `hopline recommend --user 196 --k 5 --why`, or `hopline recommend --user 196 --where 'year>=1990'`
    """
    with Recommender.from_config(config) as recommender:
        found = recommender.recommend(
            user,
            k,
            domain,
            filter=_filter(recommender, where),
            diversity=diversity,
            explore=explore,
            seed=seed,
            retrieve=None if retrieve is None else retrieve.value,
            scenario=scenario,
            tenant=tenant,
        )
        with_reasons = why and found.by_model
        reasons = (
            [recommender.reason(user, item.id, found.domain, tenant=tenant) for item in found.items] if with_reasons else None
        )
    if not _is_printed(found, json, cypher, {"reasons": reasons} if reasons is not None else {}):
        if not found.by_model:
            console.print(f"user {user} is not known to release {found.version}: these are popular items", markup=False)
        elif scenario is not None and found.scenario is None:
            console.print(f"release {found.version} has learnt nothing of user {user}: the order is the model's", markup=False)
        if found.items:
            console.print(recommendation_table(found, f"for user {user}, {_by(found)}", reasons))
        for rule, number in Counter(one.rule for one in found.left_out).items() if why else ():
            console.print(f"left out by the rule {rule}: {number}", markup=False)
        if not found.items:
            asked = " that is as asked for" if where else ""
            console.print(f"nothing is left to recommend: user {user} has met every {found.domain}{asked}", markup=False)


def similar(
    item: Item,
    k: Count = 10,
    domain: Annotated[
        str | None, typer.Option("--domain", "-d", help="Label of the items to find. [default: that of the item]")
    ] = None,
    of: Annotated[
        str | None, typer.Option("--of", help="Label of the item. [default: the first item kind that has its id]")
    ] = None,
    user: Asking = None,
    where: Where = None,
    diversity: Diversity = None,
    explore: Explore = None,
    seed: Seed = None,
    retrieve: Retrieved = None,
    tenant: Tenant = None,
    cypher: Cypher = False,
    config: ConfigFile = None,
    json: Json = False,
) -> None:
    """Show the items most like one item; `--domain Article` shows the articles most like it, whatever it is itself.

    Example: `hopline similar --item 50 --k 5`
    """
    with Recommender.from_config(config) as recommender:
        found = recommender.similar(
            item,
            k,
            domain,
            of=of,
            user_id=user,
            filter=_filter(recommender, where),
            diversity=diversity,
            explore=explore,
            seed=seed,
            retrieve=None if retrieve is None else retrieve.value,
            tenant=tenant,
        )
    if not _is_printed(found, json, cypher):
        console.print(recommendation_table(found, f"like item {item}, {_by(found)}"))


def session(
    items: Annotated[list[str], typer.Option("--item", "-i", help="Id of an item that was met; may be given again.")],
    k: Count = 10,
    domain: Annotated[
        str | None, typer.Option("--domain", "-d", help="Label of the items to find. [default: that of those met]")
    ] = None,
    of: Annotated[
        str | None, typer.Option("--of", help="Label of the items met. [default: the schema's first item kind]")
    ] = None,
    user: Asking = None,
    where: Where = None,
    diversity: Diversity = None,
    explore: Explore = None,
    seed: Seed = None,
    retrieve: Retrieved = None,
    tenant: Tenant = None,
    cypher: Cypher = False,
    config: ConfigFile = None,
    json: Json = False,
) -> None:
    """Recommend items to somebody unknown, by the items they met; popular ones where those tell nothing.

    Example: `hopline session --item 50 --item 172 --k 5`
    """
    with Recommender.from_config(config) as recommender:
        found = recommender.session(
            items,
            k,
            domain,
            of=of,
            user_id=user,
            filter=_filter(recommender, where),
            diversity=diversity,
            explore=explore,
            seed=seed,
            retrieve=None if retrieve is None else retrieve.value,
            tenant=tenant,
        )
    if not _is_printed(found, json, cypher):
        if not found.by_model:
            console.print(f"release {found.version} knows nothing of these items: these are popular ones", markup=False)
        console.print(recommendation_table(found, f"after {len(items)} items, {_by(found)}"))


def people(
    user: User,
    k: Count = 10,
    where: PeopleWhere = None,
    tenant: Tenant = None,
    cypher: Cypher = False,
    config: ConfigFile = None,
    json: Json = False,
) -> None:
    """Suggest users to a user: nobody whom they are friends with or follow already. Needs `[tasks.people]` in training.

    Example: `hopline people --user 2 --k 5 --where 'age>=18'`
    """
    with Recommender.from_config(config) as recommender:
        declared = recommender.config.ask.people_filters
        found = recommender.people(user, k, filter=parse_where(where or (), declared, "people"), tenant=tenant)
    if _is_printed(found, json, cypher):
        return
    if found.items:
        console.print(recommendation_table(found, f"people for user {user}, {_by(found)}"))
    elif where:
        console.print(f"nobody is left to suggest who is as asked for, or user {user} has a tie with all of them", markup=False)
    else:
        console.print(f"nobody is left to suggest: user {user} has a tie with every {found.domain}", markup=False)


def explain(
    user: User,
    item: Item,
    by: Annotated[
        Literal["graph", "model"],
        typer.Option(
            "--by",
            help="What weighs the paths. graph: how telling they are, asked of Neo4j; model: what each brought to the score "
            "that the network of the last `hopline train` gives the item, before other models are fused with it.",
        ),
    ] = "graph",
    limit: Annotated[int, typer.Option(min=1, max=100, help="How many paths.")] = 5,
    domain: Annotated[
        str | None, typer.Option("--domain", "-d", help="Label of the item. [default: the first item kind that has its id]")
    ] = None,
    tenant: Tenant = None,
    cypher: Cypher = False,
    config: ConfigFile = None,
    json: Json = False,
) -> None:
    """Show how the user's history and the knowledge graph lead to an item.

    With `--by model`, shares are of the model score: the cosine of the network's vectors of user and item. What is shown last
    says how far it falls without these paths, and without as many relationships like theirs drawn at random.

    Example: `hopline explain --user 196 --item 50`, or `hopline explain --user 196 --item 50 --by model`
    """
    if by == "model":
        if tenant is not None:
            raise InputError("--by model shows paths through all that was learnt from; leave out --tenant or --by model")
        if cypher:
            raise InputError("--cypher prints the statement that finds paths by the graph; leave out --cypher or --by model")
        with Recommender.from_config(config) as recommender:
            scored = recommender.score_explainer().explain(user, item, limit, domain)
        if json:
            print_json(asdict(scored))
        else:
            print_score(scored, user, item)
        return
    with Recommender.from_config(config) as recommender:
        found = recommender.explain(user, item, limit, domain, tenant=tenant)
    if _is_printed(found, json, cypher):
        return
    if found.paths:
        console.print(explanation_table(found, f"why item {item} for user {user}"))
    else:
        console.print(f"no path leads from user {user} to item {item}", markup=False)


def _by(found: Recommendations) -> str:
    experiment = f" as variant {found.variant} of experiment {found.experiment}" if found.experiment else ""
    scenario = "" if found.scenario is None else f", in the order of {found.scenario}"
    return f"by release {found.version}{experiment}{scenario}"


def _filter(recommender: Recommender, where: list[str] | None) -> dict[str, Any] | None:
    return parse_where(where or (), recommender.config.ask.filters)


def _is_printed(
    found: Recommendations | Explanation, json: bool, cypher: bool, more: Mapping[str, Any] = MappingProxyType({})
) -> bool:
    """Print an answer, and ``more`` beside it, as JSON, or its statement, if either is wanted; tell whether it was."""
    if json:
        told = {name: value for name, value in asdict(found).items() if name != "read"}
        print_json(told | {"statement": found.statement} | dict(more))
    elif cypher:
        console.print(found.statement, markup=False, highlight=False, soft_wrap=True)
    return json or cypher
