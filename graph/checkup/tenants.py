"""Whether items and users say whose they are, where tenants are declared: those that do not are shown to none."""

from __future__ import annotations

from cypher import load
from graph.checkup.finding import Finding
from graph.database import Database
from graph.errors import SchemaError
from graph.schema import Schema
from graph.tenants import TenantsConfig, check_tenants

_SUBJECT = "tenants"
_LOOKED_AT = 100_000


def check_owners(database: Database, schema: Schema, tenants: TenantsConfig | None) -> list[Finding]:
    """Say how many of the first 100,000 nodes of each kind are no tenant's, or are so in a form that cannot be compared."""
    if tenants is None:
        return []
    try:
        check_tenants(tenants, schema)
    except SchemaError as error:
        return [Finding.of_error(_SUBJECT, error)]
    findings, told = [], []
    for kind in (*schema.items, schema.user):
        name = tenants.property(kind, schema)
        if name is None:
            continue
        names = {"label": kind.label, "tenant": name}
        (found,) = database.read(load("checkup/count_owned"), {"limit": _LOOKED_AT}, names)
        looked_at, owned, unusable = found["looked_at"], found["owned"], found["unusable"]
        told.append(f"{owned:,} {kind.label}")
        if owned < looked_at:
            what = f"of {looked_at:,} {kind.label} looked at, {looked_at - owned:,} have no text as {name!r}"
            what += f" ({unusable:,} have something else)" if unusable else ""
            findings.append(
                Finding.warning(
                    _SUBJECT,
                    f"{what}: no tenant is shown {'them' if kind in schema.items else 'anything for them'}",
                    f"write a tenant's name, as text, to {name!r} of those that are to be a tenant's",
                )
            )
    return findings or [Finding.ok(_SUBJECT, f"all that were looked at say whose they are: {', '.join(told)}")]
