"""How wide an index is searched, by what it gives."""

from types import SimpleNamespace

import numpy as np
import pytest

from graph.errors import ReleaseError
from graph.releases import check
from graph.releases.record import SearchWidths


class Index:
    """Gives the exact first ten and hundred when searched as wide as told, and else half of them, to as many users as told."""

    def __init__(self, first, deep, num_wrong=8):
        self.users = SimpleNamespace(vectors=np.ones((8, 2)))
        self.items = SimpleNamespace(ids=np.arange(2_000), label="Item")
        self.version = 1
        self.needed, self.num_wrong, self.asked = {10: first, 100: deep}, num_wrong, []

    def exact(self, rows, ks):
        assert ks == {10, 100}
        return rows.tolist()

    def right(self, row, k, width):
        self.asked.append((k, width))
        return k if width >= self.needed[k] or row >= self.num_wrong else k // 2


@pytest.mark.parametrize(
    ("first", "deep", "expected"),
    [
        (1, 1, SearchWidths(40, 40)),
        (41, 41, SearchWidths(50, 80)),
        (55, 60, SearchWidths(60, 80)),
        (80, 81, SearchWidths(80, 160)),
        (90, 700, SearchWidths(100, 1280)),
        (131, 131, SearchWidths(140, 160)),
    ],
)
def test_the_width_of_the_first_ten_is_near_what_they_need(first, deep, expected):
    assert check._find_widths(Index(first, deep), SearchWidths()) == expected


def test_widths_that_an_index_needed_before_are_begun_with_and_stay_if_they_do():
    index = Index(90, 300)
    assert check._find_widths(index, SearchWidths(100, 320)) == SearchWidths(100, 320)
    assert set(index.asked) == {(10, 100), (100, 320)}
    assert check._find_widths(Index(110, 300), SearchWidths(100, 320)) == SearchWidths(125, 320)


def test_an_index_that_gives_too_little_however_wide_is_told_of():
    with pytest.raises(ReleaseError, match=r"gives 50% of the exact top 10 of Item for 8 users"):
        check._find_widths(Index(9_999, 9_999), SearchWidths())
    with pytest.raises(ReleaseError, match=r"gives 94% of the exact top 10 of Item for 8 users"):
        check._find_widths(Index(9_999, 9_999, num_wrong=1), SearchWidths())
