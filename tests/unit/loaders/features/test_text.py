import subprocess
import sys

import numpy as np

from loaders.features.text import MAX_WIDTH, NUM_BUCKETS, HashedText

TITLES = ["Star Trek: The Motion Picture", "Star Trek II", "The Lion King", "The Jungle Book", "Jungle2Jungle", "", None]


def rows(values=TITLES, fitted_on=TITLES):
    """Text vectors with a column a category."""
    encoded = HashedText.fit(fitted_on).transform(values)
    dense = np.zeros((len(values), encoded.num_categories))
    np.put_along_axis(dense, encoded.categories, encoded.weights, axis=1)
    return dense[:, 1:]


def test_texts_that_share_words_or_parts_of_words_are_alike():
    likeness = rows() @ rows().T
    assert likeness[0, 1] > likeness[0, 2] > 0
    assert likeness[3, 4] > likeness[0, 4]


def test_a_text_has_length_one_and_a_missing_one_nothing():
    lengths = np.linalg.norm(rows(), axis=1)
    assert np.allclose(lengths[:5], 1)
    assert lengths[5:].tolist() == [0, 0]
    assert HashedText.fit(TITLES).transform(TITLES).known.tolist() == [True] * 5 + [False] * 2


def test_a_rare_term_weighs_more_than_one_of_every_text():
    corpus = ["aa film", "bb film", "aa film", "cc film"]
    told = HashedText.fit(corpus).transform(["aa", "film"]).weights.max(axis=1)
    mixed = rows(["aa film"], corpus)[0]
    assert told.min() > 0
    assert np.argmax(mixed) == np.argmax(rows(["aa"], corpus)[0])


def test_terms_of_no_other_text_are_left_out():
    assert HashedText.fit(["one", "two", "six"]).transform(["one", "seven"]).categories.shape == (2, 0)


def test_case_and_ways_of_writing_a_letter_do_not_matter():
    assert np.array_equal(*rows(["CAFÉ", "cafe\u0301"], ["café", "café"]))


def test_scripts_without_spaces_are_read_by_their_characters():
    likeness = rows(["七人の侍", "七人の刑事"], ["七人の侍", "七人の刑事", "七人の侍"])
    assert likeness[0] @ likeness[1] > 0.1


def test_what_is_kept_is_bounded():
    rng = np.random.default_rng(0)
    long = [" ".join(map(str, rng.integers(0, 500, 3000))) for _ in range(20)]
    fitted = HashedText.fit(long)
    assert (fitted.width, len(fitted.texts_by_bucket)) == (MAX_WIDTH, NUM_BUCKETS)


def test_lists_and_numbers_are_read_as_text():
    assert np.array_equal(*rows([["star", "trek"], "star trek"]))
    assert rows([1999], ["1999", "1999"]).any()


def test_another_process_with_another_hash_seed_gives_the_same_bits():
    program = (
        "from loaders.features.text import HashedText; import sys;"
        f"e = HashedText.fit({TITLES!r}).transform({TITLES!r});"
        "sys.stdout.write(e.categories.tobytes().hex() + e.weights.tobytes().hex())"
    )
    found = [
        subprocess.run(
            [sys.executable, "-c", program], env={"PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True
        ).stdout
        for seed in ("1", "2")
    ]
    assert found[0] == found[1] != ""
