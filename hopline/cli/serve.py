"""``hopline serve``, and ``hopline keys add | list | remove``: the HTTP service and who may use it."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from hopline.cli.options import ConfigFile, Json
from hopline.cli.output import console, print_json
from hopline.config import read_config
from hopline.errors import ServiceError
from hopline.service.keys import KeyFile, Scope, keys_path

_PANEL = "Serve"
Name = Annotated[str, typer.Argument(help="What the key is called, such as the program that will send it.")]

keys = typer.Typer(no_args_is_help=True, help="Who may use the HTTP service: `hopline keys add`, `list`, `remove`.")


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.command("serve", rich_help_panel=_PANEL)(serve)
    keys.command("add")(add)
    keys.command("list")(show)
    keys.command("remove")(remove)
    app.add_typer(keys, name="keys", rich_help_panel=_PANEL)


def serve(
    host: Annotated[str | None, typer.Option("--host", help="Address to listen on. [default: [serve] host, 127.0.0.1]")] = None,
    port: Annotated[
        int | None,
        typer.Option("--port", "-p", min=0, max=65_535, help="Port; 0 takes a free one. [default: [serve] port, 8480]"),
    ] = None,
    workers: Annotated[
        int | None, typer.Option("--workers", "-w", min=1, max=64, help="Processes. [default: [serve] workers, 1]")
    ] = None,
    config: ConfigFile = None,
    json: Json = False,
) -> None:
    r"""Answer over HTTP until told to stop: recommendations, items like one, people, reasons; and events into the graph.

    ```
    curl localhost:8480/recommend -H 'content-type: application/json' -d '{"user": "196", "k": 5}'
    curl localhost:8480/events -H 'content-type: application/json' \
      -d '{"events": [{"user": "196", "item": "242", "behaviour": "rating", "value": 4, "id": "e-1"}]}'
    ```

    **/docs** describes every route with an example, **/openapi.json** for programs; **/health/ready** and **/metrics** are for
    those who run it. The log is JSON, a line a request, on standard error.

    On loopback no key is needed while there are none. Make some by `hopline keys add`; from then on every request needs one, as
    the header `X-API-Key`, and the service may listen on other addresses. Ctrl-C or SIGTERM ends it: requests under way are
    answered, and events that were taken are written first.

    Example: `hopline serve --port 8480`
    """
    changes = {name: value for name, value in (("host", host), ("port", port), ("workers", workers)) if value is not None}
    settings = read_config(config).changed({"serve": changes})
    try:
        from hopline.service.run import run_service  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise ServiceError(f"the service's packages are not installed ({error}); run: pip install 'hopline[serve]'") from error

    def told(address: str) -> None:
        if json:
            print_json({"address": address, "docs": f"{address}/docs"})
        else:
            console.print(f"serving at {address}; what it answers is described at {address}/docs", soft_wrap=True)

    run_service(config, settings, told)


def _path(config: Path | None) -> Path:
    settings = read_config(config)
    return keys_path(settings.serve, settings.run_folder)


def add(
    name: Name,
    scope: Annotated[
        list[Scope],
        typer.Option("--scope", "-s", help="What it allows: read (ask), write (send events), admin (all). May be given again."),
    ] = [Scope.READ],  # noqa: B006 - typer reads it and changes nothing
    tenant: Annotated[
        str | None,
        typer.Option(
            "--tenant", "-t", help="Whose it is, and all that it reaches, with [ask.tenants]. [default: the operator]"
        ),
    ] = None,
    config: ConfigFile = None,
    json: Json = False,
) -> None:
    """Make a key and show it, once: only its hash is kept. A service that runs knows of it within a second.

    A key of a tenant asks of that tenant's items and users alone, and sends events about them; where [ask.tenants] declares
    none, it is refused everything.

    Example: `hopline keys add shop --scope read --scope write`
    """
    path = _path(config)
    text = KeyFile(path).add(name, scope, tenant)
    if json:
        print_json({"name": name, "scopes": [one.value for one in scope], "tenant": tenant, "key": text})
        return
    console.print(text, markup=False, highlight=False, soft_wrap=True)
    console.print(
        f"this is the key of {name!r}, which is not shown again; send it as the header X-API-Key (hashes are in {path})",
        markup=False,
        soft_wrap=True,
    )


def show(config: ConfigFile = None, json: Json = False) -> None:
    """List the keys: name, what each allows, whose it is, and when it was made.

    Example: `hopline keys list`
    """
    found = KeyFile(_path(config)).keys()
    if json:
        told = [
            {"name": key.name, "scopes": list(key.scopes), "tenant": key.tenant, "created_at": key.created_at} for key in found
        ]
        print_json({"keys": told})
        return
    table = Table()
    for column in ("name", "allows", "tenant", "made"):
        table.add_column(column)
    for key in found:
        made = time.strftime("%Y-%m-%d %H:%M", time.localtime(key.created_at))
        table.add_row(Text(key.name), ", ".join(scope.value for scope in key.scopes), Text(key.tenant or ""), made)
    console.print(table if found else "there are no keys: the service answers anybody, on loopback only")


def remove(name: Name, config: ConfigFile = None, json: Json = False) -> None:
    """Take a key away. A service that runs refuses it within a second.

    Example: `hopline keys remove shop`
    """
    KeyFile(_path(config)).remove(name)
    if json:
        print_json({"removed": name})
    else:
        console.print(f"removed the key {name!r}", markup=False)
