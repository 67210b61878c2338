"""What is read does not depend on how much is read at a time, nor on how the file is compressed or encoded."""

import bz2
import codecs
import gzip
import lzma

import pytest

from loaders.errors import InputError
from loaders.files import blocks, open_data_set, spool, stage
from tests.whole_tables import read_tables

TEXT = "user_id:token\titem_id:token\trating:float\ttimestamp:float\n" + "".join(
    f"ü{n % 5}\t東{n % 7}\t{n}\t{1000 + n * 37 % 101}\n" for n in range(200)
)


def rows_of(tables):
    return sorted(tables.edges[0].frame.rows()), sorted(tables.set_aside.rows())


@pytest.fixture(scope="module")
def expected(tmp_path_factory):
    folder = tmp_path_factory.mktemp("plain")
    (folder / "a.inter").write_text(TEXT, encoding="utf-8")
    return rows_of(read_tables(folder))


def test_the_latest_of_a_pair_is_kept_across_blocks_and_parts(folder, monkeypatch, expected):
    monkeypatch.setattr(blocks, "BLOCK_BYTES", 61)  # no multiple of a row, and it cuts characters
    monkeypatch.setattr(stage, "PART_BYTES", 1000)
    monkeypatch.setattr(spool, "BUFFER_BYTES", 1)  # all goes to disk
    path = folder({"a.inter": TEXT})
    assert rows_of(read_tables(path)) == expected
    with open_data_set(path) as data:
        parts = [part for part in data.tables() if part.edges]
    assert len(parts) > 1
    latest = {}
    for n in range(200):
        latest[f"ü{n % 5}", f"東{n % 7}"] = max(latest.get((f"ü{n % 5}", f"東{n % 7}"), (0, 0)), (1000 + n * 37 % 101, n))
    kept = {(source, target): (time, value) for source, target, value, time in expected[0]}
    assert kept == latest


def test_a_node_that_comes_again_in_a_later_block_is_set_aside(folder, monkeypatch):
    monkeypatch.setattr(blocks, "BLOCK_BYTES", 8)
    tables = read_tables(
        folder({"a.inter": "user_id:token\titem_id:token\nu\ti\n", "a.user": "user_id:token\nu\nvvvvvvv\nu\n"})
    )
    assert tables.nodes[0].frame["id"].to_list() == ["u", "vvvvvvv"]
    assert tables.set_aside.rows() == [("a.user", 4, "user_id came before, the first is kept", "u")]


@pytest.mark.parametrize(("suffix", "pack"), [("gz", gzip.compress), ("bz2", bz2.compress), ("xz", lzma.compress)])
def test_a_compressed_file_is_read_as_the_file(folder, expected, suffix, pack):
    edges, apart = rows_of(read_tables(folder({f"a.inter.{suffix}": pack(TEXT.encode())})))
    assert edges == expected[0]
    assert [row[1:] for row in apart] == [row[1:] for row in expected[1]]


def test_a_compressed_file_that_is_cut_off_is_refused(folder):
    with pytest.raises(InputError, match="see that it is whole"):
        read_tables(folder({"a.inter.gz": gzip.compress(TEXT.encode())[:-20]}))


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_a_byte_order_mark_tells_the_encoding(folder, expected, encoding):
    assert rows_of(read_tables(folder({"a.inter": TEXT.encode(encoding)}))) == expected


def test_an_encoding_can_be_given_and_must_be_known(folder):
    path = folder({"a.inter": "user_id:token\titem_id:token\n\u00fc\ti\n".encode("latin-1")})
    assert read_tables(path, encoding="latin-1").nodes[0].frame["id"].to_list() == ["\u00fc"]
    with pytest.raises(InputError, match="got the encoding 'klingon'"):
        read_tables(path, encoding="klingon")


def test_a_mark_counts_also_where_utf_8_is_asked_for(folder, expected):
    assert rows_of(read_tables(folder({"a.inter": codecs.BOM_UTF8 + TEXT.encode()}), encoding="utf-8")) == expected
