import pytest

from gnn.compress import smallest_within


@pytest.mark.parametrize(("least", "found"), [(1, 2), (2, 2), (3, 4), (9, 16), (16, 16), (17, None)])
def test_the_smallest_that_is_good_enough_is_found_whatever_the_order(least, found):
    assert smallest_within([16, 2, 8, 4], lambda size: size >= least) == found


def test_few_are_tried():
    tried = []
    assert smallest_within(range(1, 101), lambda size: tried.append(size) or size >= 37) == 37
    assert len(tried) == len(set(tried)) <= 8


def test_of_nothing_nothing_is_found():
    assert smallest_within([], lambda _size: True) is None
