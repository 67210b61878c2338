"""The transforms of all features of a graph, fitted, kept as JSON, and read back to give the same inputs."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, PrivateAttr, ValidationError

from graph.schema import Feature, FeatureType
from graph.snapshot import Column, NodeColumns, Snapshot
from loaders.errors import FeatureError
from loaders.features.encoders import TextEncoders, encode_texts
from loaders.features.node_features import NodeFeatures
from loaders.features.registry import FITS, AnyTransform
from loaders.features.report import PropertyReport

FORMAT: Literal[1] = 1  # raised when a stored transform would no longer give the same inputs


class FittedProperty(BaseModel):
    """One property's transform, and what it was fitted on. ``encoder`` is the name of the text encoder's model, if any."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    feature: Feature
    transform: AnyTransform
    encoder: str | None
    report: PropertyReport


class FittedFeatures(BaseModel):
    """All transforms, by label, in the schema's order.

    Encoding is a function of this value and the nodes alone; values that were missing, odd or unseen when fitting never raise.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal[1] = FORMAT
    labels: dict[str, tuple[FittedProperty, ...]]
    _encoders: TextEncoders = PrivateAttr(default_factory=TextEncoders)

    @classmethod
    def fit(
        cls, snapshot: Snapshot, encoders: TextEncoders | None = None, leave_out: Collection[tuple[str, str]] = ()
    ) -> FittedFeatures:
        """Fit every feature of the snapshot's schema, but those of ``leave_out``, by label and property.

        Raises:
            FeatureError: a text encoder that is not there, or does not keep its promise.
        """
        encoders = encoders or TextEncoders()
        labels = {
            kind.label: tuple(
                _fit(kind.label, feature, snapshot.nodes[kind.label], encoders)
                for feature in kind.features
                if (kind.label, feature.name) not in leave_out
            )
            for kind in snapshot.schema.nodes
        }
        return cls(labels=labels)._with(encoders)

    def encode(self, label: str, nodes: NodeColumns) -> NodeFeatures:
        """Return the inputs of nodes of one label; a property that is not among the columns is missing on all.

        Raises:
            FeatureError: a label that was not fitted, or another text encoder than the one it was fitted with.
        """
        if label not in self.labels:
            raise FeatureError(f"no features were fitted for the label {label!r}; there are {', '.join(self.labels)}")
        num_nodes = len(nodes.ids)
        parts = []
        for fitted in self.labels[label]:
            column = nodes.columns.get(fitted.feature.name, [None] * num_nodes)
            parts.append(fitted.transform.transform(self._readable(fitted, column)))
        return NodeFeatures.side_by_side(parts, num_nodes)

    def encode_all(self, snapshot: Snapshot) -> dict[str, NodeFeatures]:
        """Return the inputs of every node of a snapshot, by label."""
        return {label: self.encode(label, snapshot.nodes[label]) for label in self.labels}

    @property
    def report(self) -> list[PropertyReport]:
        """What fitting found in each property."""
        return [fitted.report for properties in self.labels.values() for fitted in properties]

    def to_json(self) -> dict[str, Any]:
        """Return plain values from which :meth:`from_json` makes the same transforms, to the last bit."""
        return self.model_dump(mode="json")

    @classmethod
    def from_json(cls, state: dict[str, Any], encoders: TextEncoders | None = None) -> FittedFeatures:
        """Read back what :meth:`to_json` gave.

        Raises:
            FeatureError: it was written by another version of Hopline, or is damaged.
        """
        try:
            return cls.model_validate(state)._with(encoders or TextEncoders())
        except ValidationError as error:
            raise FeatureError(
                f"fitted features of format {state.get('format')} cannot be read ({error.error_count()} mistakes, the first: "
                f"{error.errors()[0]['msg']}); this version of Hopline reads format {FORMAT}: train and publish again"
            ) from error

    def _with(self, encoders: TextEncoders) -> FittedFeatures:
        self._encoders = encoders
        return self

    def _readable(self, fitted: FittedProperty, column: Column) -> Column:
        if fitted.feature.encoder is None:
            return column
        encoder = self._encoders.get(fitted.feature.encoder)
        if encoder.name != fitted.encoder:
            raise FeatureError(
                f"{fitted.report.label}.{fitted.feature.name} was fitted with the text encoder {fitted.encoder!r}, and "
                f"{fitted.feature.encoder!r} is now {encoder.name!r}; install the former, or train again"
            )
        return encode_texts(encoder, column)


def _fit(label: str, feature: Feature, nodes: NodeColumns, encoders: TextEncoders) -> FittedProperty:
    column = readable = nodes.columns[feature.name]
    type_, model = feature.type, None
    if feature.encoder is not None:
        encoder = encoders.get(feature.encoder)
        readable, type_, model = encode_texts(encoder, column), FeatureType.VECTOR, encoder.name
    transform = FITS[type_](readable)
    known = transform.transform(readable).known
    return FittedProperty(
        feature=feature, transform=transform, encoder=model, report=PropertyReport.of(label, feature, column, known)
    )
