"""Values as text: what people paste is what Hopline sent."""

from enum import IntEnum

import numpy as np
import pytest

from cypher.errors import IdentifierError, StatementError
from cypher.literals import literal


class Level(IntEnum):
    HIGH = 3


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "null"),
        (True, "true"),
        (False, "false"),
        (-7, "-7"),
        (0.1, "0.1"),
        (1e300, "1e+300"),
        ("", '""'),
        ('o\'Neil "x" `y` \\ 東京', '"o\'Neil \\"x\\" `y` \\\\ 東京"'),
        ("a\nb", '"a\\nb"'),
        ([], "[]"),
        (("a", [1, None]), '["a", [1, null]]'),
        ({"a`b": 1, "c d": [True]}, "{`a``b`: 1, `c d`: [true]}"),
    ],
)
def test_a_value_is_written_as_cypher_reads_it(value, text):
    assert literal(value) == text


@pytest.mark.parametrize(("value", "text"), [(np.float64(0.5), "0.5"), (Level.HIGH, "3")])
def test_a_number_is_written_as_a_number_whatever_its_class_calls_itself(value, text):
    assert literal(value) == text


@pytest.mark.parametrize("value", [object(), {1}, b"x", np.float32(1), np.arange(2), [b"x"], {"a": b"x"}])
def test_a_value_that_has_no_literal_is_refused_by_its_type(value):
    with pytest.raises(StatementError, match=r"has no Cypher literal here; expected a string, number, bool, list or map"):
        literal(value)


def test_a_key_that_cypher_would_rewrite_is_refused():
    with pytest.raises(IdentifierError, match="rename it"):
        literal({"\\u0041": 1})
