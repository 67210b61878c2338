"""The versions of Python and of the packages that Hopline runs on."""

from __future__ import annotations

import platform
from importlib import metadata

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from graph.checkup import Finding

_SHOWN = ("torch", "dgl", "neo4j")


def check_software() -> list[Finding]:
    """Hold what is installed against what Hopline's own package asks for."""
    return [_check_python(), *_check_packages()]


def _check_python() -> Finding:
    wanted = metadata.metadata("hopline")["Requires-Python"]
    told = f"Python {platform.python_version()} on {platform.platform(terse=True)}"
    if SpecifierSet(wanted).contains(platform.python_version()):
        return Finding.ok("python", told)
    return Finding.problem("python", f"{told}; expected {wanted}", f"make the environment anew with a Python {wanted}")


def _check_packages() -> list[Finding]:
    needed = [Requirement(told) for told in metadata.requires("hopline") or ()]
    needed = [one for one in needed if one.marker is None or one.marker.evaluate({"extra": ""})]
    wrong = {str(one): found for one in needed if (found := _version(one.name)) is None or not one.specifier.contains(found)}
    if not wrong:
        told = ", ".join(f"{name} {_version(name)}" for name in _SHOWN)
        return [
            Finding.ok("packages", f"hopline {metadata.version('hopline')}, {told}, and {len(needed) - len(_SHOWN)} others")
        ]
    return [
        Finding.problem("packages", f"{found or 'nothing'} is installed where {wanted} is needed", f'pip install "{wanted}"')
        for wanted, found in wrong.items()
    ]


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None
