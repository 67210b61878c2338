"""Each example's page, run line by line on a few rows in the layout of its data set: what is written there works."""

import re
import shutil

import pytest

pytestmark = pytest.mark.integration

SIZE = 24
PAIRS = [(user, item) for user in range(SIZE) for item in range(SIZE) if user % 2 == item % 2]
ARTIST, FILM, USER = 51, 242, 196  # ids that the pages name: number 0 of each


def films(folder):
    def user(n):
        return n or USER

    def item(n):
        return n or FILM

    files = {
        "inter": ["user_id:token\titem_id:token\trating:float\ttimestamp:float"]
        + [f"{user(u)}\t{item(i)}\t{1 + (u + i) % 5}\t{881250949 + u * SIZE + i}" for u, i in PAIRS],
        "item": ["item_id:token\tmovie_title:token_seq\trelease_year:token"]
        + [f"{item(i)}\tFilm {i}\t{1990 + i}" for i in range(SIZE)],
        "link": ["item_id:token\tentity_id:token"] + [f"{item(i)}\tm.{i}" for i in range(SIZE)],
        "kg": ["head_id:token\trelation_id:token\ttail_id:token"]
        + [f"m.{i}\tfilm.film.genre\tm.genre{i % 2}" for i in range(SIZE)],
    }
    for name, lines in files.items():
        (folder / f"ml-100k.{name}").write_text("\n".join(lines) + "\n")


def artists(folder):
    def user(n):
        return n or SIZE + 2 if n != 2 else 2

    def artist(n):
        return n or ARTIST

    files = {
        "user_artists.dat": ["userID\tartistID\tweight"] + [f"{user(u)}\t{artist(i)}\t{10 + u + i}" for u, i in PAIRS],
        "item_index2entity_id.txt": [f"{artist(i)}\t{i}" for i in range(SIZE)],
        "kg.txt": [f"{i}\tmusic.artist.genre\t{SIZE + i % 2}" for i in range(SIZE)],
        "user_friends.txt": [f"{user(u)}\t{user(v)}" for u, v in PAIRS if u != v],
    }
    for name, lines in files.items():
        (folder / name).write_text("\n".join(lines) + "\n")


def goods(folder):
    def good(n):
        return n or 22644

    for name, every in (("train", 1), ("test", 5), ("cart", 2)):
        lines = []
        for user in range(SIZE):
            met = [good(i) for u, i in PAIRS if u == user and (u + i) % every == 0]
            lines += [" ".join(map(str, [user, *met]))] if met else []
        (folder / f"{name}.txt").write_text("\n".join(lines) + "\n")


DATA = {"films": films, "content": artists, "friends": artists, "ads": artists, "shop": goods}


def test_every_example_with_settings_is_run_here(pytestconfig):
    assert {path.parent.name for path in (pytestconfig.rootpath / "examples").glob("*/hopline.toml")} == set(DATA)


@pytest.mark.parametrize("name", DATA)
def test_an_example_runs_as_its_page_says(name, workplace, hopline, pytestconfig, monkeypatch):
    example = pytestconfig.rootpath / "examples" / name
    shutil.copy(example / "hopline.toml", workplace / "hopline.toml")
    for key, value in {"TRAIN__EPOCHS": "2", "MODEL__EMBEDDING_SIZE": "8"}.items():
        monkeypatch.setenv(f"HOPLINE_{key}", value)
    (workplace / "data").mkdir()
    DATA[name](workplace / "data")
    listing = re.search(r"```sh\n(.*?)```", (example / "README.md").read_text(), re.DOTALL)
    assert listing is not None
    lines = [line.split("#")[0].split() for line in listing[1].splitlines() if line.startswith("hopline ")]
    assert [line[1] for line in lines][:3] == ["import", "train", "evaluate"]
    for line in lines:
        arguments = ["data" if word == "DATA" else word for word in line[1:]]
        status, out, err = hopline(*arguments)
        assert status == 0, f"{' '.join(line)}: {err}"
        assert out
