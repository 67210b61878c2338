"""Which format a folder is of, is told by its files' names, and there is one answer."""

import pytest

from loaders.errors import InputError
from loaders.files import READERS
from loaders.files.readers import find_reader
from tests.small_formats import AMAZON_2023, FOLDERS, KGAT, KGCN, LIGHTGCN, ML_LATEST, RECBOLE
from tests.whole_tables import read_tables

SAMPLES = [pytest.param(name, files, id=f"{name} {n}") for name, found in FOLDERS.items() for n, files in enumerate(found)]


@pytest.mark.parametrize(("name", "files"), SAMPLES)
def test_a_folder_is_recognised_as_its_own_format_and_no_other(folder, name, files):
    path = folder(files)
    assert find_reader(path, None).name == name
    assert [reader.name for reader in READERS if reader.matches(path) and reader.name != "tables"] == [name]


@pytest.mark.parametrize(("name", "files"), SAMPLES)
def test_a_format_that_is_asked_for_by_name_reads_the_same(folder, name, files):
    path = folder(files)
    found, asked = read_tables(path), read_tables(path, name)
    assert found.schema == asked.schema
    assert [table.frame.rows() for table in found.edges] == [table.frame.rows() for table in asked.edges]


def test_every_format_of_folders_has_a_sample():
    assert {reader.name for reader in READERS} - set(FOLDERS) == {"demo", "mapping", "tables"}


def test_every_format_says_what_it_reads_and_shows_a_command():
    for reader in READERS:
        assert reader.example.startswith("hopline import ")
        assert reader.description


@pytest.mark.parametrize(("name", "files"), SAMPLES)
def test_files_that_are_not_of_the_format_asked_for_are_refused_by_name(folder, name, files):
    path = folder({"notes.md": "nothing"})
    with pytest.raises(InputError, match=str(path)):
        read_tables(path, name)


def test_a_folder_of_several_formats_is_refused_until_one_is_named(folder):
    path = folder(RECBOLE | ML_LATEST)
    with pytest.raises(
        InputError, match="may be of several formats, by its files' names: recbole, movielens; say which: --format recbole"
    ):
        find_reader(path, None)
    assert find_reader(path, "movielens").name == "movielens"


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({"train.txt": "/m/01\t/film/genre\t/m/02\n"}, id="triples"),
        pytest.param({"train.txt": ""}, id="empty"),
        pytest.param({"events.json": '{"a": 1}\n'}, id="other objects"),
        pytest.param({"events.json": b"\xff\xfe"}, id="not text"),
        pytest.param({"events.json": "[\n1]"}, id="not a line each"),
        pytest.param({"user_artist.dat": "1\t2\n"}, id="one pair file"),
        pytest.param({"movies.csv": ML_LATEST["movies.csv"]}, id="films alone"),
        pytest.param({"test.txt": LIGHTGCN["test.txt"]}, id="test alone"),
        pytest.param({"kg_final.txt": KGAT["kg_final.txt"]}, id="facts alone"),
        pytest.param({"kg.txt": KGCN["kg.txt"]}, id="KGCN's facts alone"),
    ],
)
def test_files_of_no_format_are_not_taken_for_one(folder, files):
    path = folder(files)
    assert not [reader.name for reader in READERS if reader.matches(path) and reader.name != "tables"]


def test_a_mapping_beside_the_files_counts_before_their_names(folder):
    assert find_reader(folder(RECBOLE | {"mapping.toml": ""}), None).name == "mapping"


def test_one_file_of_amazon_reviews_is_known_by_its_objects(folder):
    path = folder(AMAZON_2023) / "All_Beauty.jsonl"
    assert find_reader(path, None).name == "amazon"
    assert [table.frame.height for table in read_tables(path).edges] == [2]
