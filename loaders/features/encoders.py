"""Encoders that turn whole texts into vectors, plugged in by name."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from graph.snapshot import Column
from loaders.errors import FeatureError
from loaders.features.text import as_text

BUILT_IN = {"minilm": "loaders.features.minilm:MiniLM"}


@runtime_checkable
class TextEncoder(Protocol):
    """Turns texts into vectors. The same text must give the same vector, whatever is encoded beside it.

    ``name`` tells one model and version from any other: it is kept with a release, and another one is refused there.
    """

    @property
    def name(self) -> str:
        """Model and version."""

    @property
    def dimensions(self) -> int:
        """Length of every vector."""

    def encode(self, texts: list[str]) -> NDArray[np.float32]:
        """Return float32[n, dimensions]."""


class FeaturesConfig(BaseModel):
    """How node properties are read."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    text_encoders: dict[str, str] = Field(
        default_factory=dict,
        description='encoders that a text feature may name, as NAME = "package.module:Class", made without arguments',
    )


class TextEncoders:
    """The encoders that may be named, made when first asked for.

    Where an encoder's code lies is told by the configuration only: what a database holds, a schema or a release, can name
    an encoder and never have other code imported.
    """

    def __init__(self, paths: Mapping[str, str] | None = None) -> None:
        self._paths = BUILT_IN | dict(paths or {})
        self._made: dict[str, TextEncoder] = {}

    def get(self, name: str) -> TextEncoder:
        """Return an encoder.

        Raises:
            FeatureError: an unknown name, code that cannot be imported, or that is no encoder.
        """
        if name not in self._made:
            if name not in self._paths:
                raise FeatureError(
                    f"there is no text encoder {name!r}; known are {', '.join(sorted(self._paths))}. Name yours under "
                    "[features.text_encoders] in hopline.toml"
                )
            self._made[name] = _make(name, self._paths[name])
        return self._made[name]


def _make(name: str, path: str) -> TextEncoder:
    module, _, attribute = path.partition(":")
    try:
        made: Any = getattr(import_module(module), attribute)()
    except (ImportError, AttributeError, ValueError) as error:
        raise FeatureError(
            f"the text encoder {name!r} ({path}) cannot be made: {error}; give it as package.module:Class, installed where "
            "Hopline runs"
        ) from error
    if not isinstance(made, TextEncoder):
        raise FeatureError(f"the text encoder {name!r} ({path}) is no encoder: it needs name, dimensions and encode(texts)")
    return made


def encode_texts(encoder: TextEncoder, column: Column) -> Column:
    """Return the vector of each text, None where there is none; each distinct text is encoded once.

    Raises:
        FeatureError: vectors of another shape than the encoder promises.
    """
    texts = [as_text(value) for value in column]
    distinct = sorted({text for text in texts if text is not None})
    if not distinct:
        return [None] * len(texts)
    vectors = np.asarray(encoder.encode(distinct), np.float32)
    if vectors.shape != (len(distinct), encoder.dimensions):
        raise FeatureError(
            f"the text encoder {encoder.name!r} gave an array of shape {vectors.shape} for {len(distinct)} texts; expected "
            f"{(len(distinct), encoder.dimensions)}"
        )
    row = {text: place for place, text in enumerate(distinct)}
    return [None if text is None else vectors[row[text]] for text in texts]
