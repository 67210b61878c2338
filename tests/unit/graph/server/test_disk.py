"""What would fail half-way for want of room is refused at once, with how much is missing and where."""

import pytest

from graph.errors import ServerError
from graph.server.disk import MIB, free_bytes, require_free


def test_exactly_enough_room_is_enough(tmp_path):
    require_free(tmp_path, 300, "the store", "HOPLINE_HOME", lambda folder: 300 * MIB)


def test_a_byte_too_few_is_told_with_both_figures_and_the_setting(tmp_path):
    with pytest.raises(ServerError) as refused:
        require_free(tmp_path, 300, "the store", "HOPLINE_HOME", lambda folder: 300 * MIB - 1)
    for part in (str(tmp_path), "299 MiB free", "the store needs 300 MiB", "set HOPLINE_HOME to a folder on another disk"):
        assert part in str(refused.value)


def test_the_folder_is_made_for_its_owner_alone(tmp_path):
    require_free(tmp_path / "a" / "b", 1, "the store", "HOPLINE_HOME", lambda folder: MIB)
    assert (tmp_path / "a" / "b").stat().st_mode & 0o777 == 0o700


def test_the_room_is_measured_on_the_disk_of_the_folder(tmp_path):
    measured = []
    require_free(tmp_path / "new", 0, "the store", "HOPLINE_HOME", lambda folder: measured.append(folder) or 0)
    assert measured == [tmp_path / "new"]
    assert free_bytes(tmp_path) > 0


@pytest.mark.parametrize("where", ["file", "file/below"])
def test_a_folder_that_cannot_be_made_is_told_with_the_setting(tmp_path, where):
    (tmp_path / "file").touch()
    with pytest.raises(ServerError, match=r"cannot use the folder .*file.* for the store: .*set HOPLINE_HOME to another"):
        require_free(tmp_path / where, 0, "the store", "HOPLINE_HOME")


def test_a_disk_that_cannot_be_measured_is_told(tmp_path):
    def broken(folder):
        raise OSError("Input/output error")

    with pytest.raises(ServerError, match="Input/output error"):
        require_free(tmp_path, 0, "the store", "HOPLINE_HOME", broken)
