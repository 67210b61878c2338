"""Keys are changed where they are, and every other line stays."""

import pytest

from hopline.config import read_config
from hopline.config_change import change_config
from hopline.errors import ConfigError
from hopline.tune.settings import read_setting

CHANGES = {"train": {"learning_rate": 0.03}, "tasks": {"ranking": {"temperature": 0.2}}, "fuse": {"ease": 0.1}}

FILES = {
    "none": None,
    "empty": "",
    "comments": '# mine\nrun_folder = "x"\n\n[train]  # how\nepochs = 5  # few\n# reg = 0.02\n\n[split]\nvalid = 0.2\n',
    "set already": "[train]\nlearning_rate = 1.0  # too fast\n[tasks.ranking]\ntemperature = 9.0 # hot\n[fuse]\nease = 0.0\n",
    "dotted": "train.epochs = 5\n[tasks]\nranking.batch_size = 7 # b\nlink.weight = 0.1\n[model]\nnum_layers = 1\n",
    "inline": "train = {epochs = 5, seed = 2}\n[tasks]\nranking = {batch_size = 7}\n",
    "subtables first": "[tasks.link]\nweight = 0.1\n[train]\nepochs = 5\n[tasks.rating]\nweight = 0.1 # r\n[model]\n",
    "as init writes": "[model]  # m\n# embedding_size = 8\n\n[tasks]  # t\n# tie = 0.25  # λ\n\n[train]\n# epochs = 3\n",
}


@pytest.mark.parametrize("name", FILES)
def test_what_is_changed_is_changed_and_all_else_stays(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path, text = tmp_path / "hopline.toml", FILES[name]
    if text is not None:
        path.write_text(text)
    before = read_config(path if text is not None else None)
    change_config(path, CHANGES)
    assert read_config(path).model_dump() == before.changed(CHANGES).model_dump()
    now = path.read_text()
    for line in (text or "").splitlines():
        is_changed = any(key in line for key in ("learning_rate =", "temperature = 9", "ease =", "{"))
        assert is_changed or line in now.splitlines(), line
        assert line.partition("#")[2].strip() in now
    change_config(path, CHANGES)
    assert path.read_text() == now
    assert list(tmp_path.iterdir()) == [path]


def test_the_generated_file_can_be_changed_too(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    generated = tmp_path / "hopline.toml"
    generated.write_text(FILES["as init writes"])
    change_config(generated, {"model": {"embedding_size": 64}})
    assert read_setting(read_config(generated), "model.embedding_size") == 64


@pytest.mark.parametrize(
    ("text", "changes", "message"),
    [
        ("[train\n", CHANGES, r"hopline\.toml cannot be changed .*; it is as it was"),
        ("train = 5\n", CHANGES, r"hopline\.toml cannot be changed"),
        ("[train]\nepochs = 5\n", {"train": {"learning_rate": -1.0}}, r"train\.learning_rate"),
        ("[trian]\n", CHANGES, r"trian: there is no such key"),
    ],
)
def test_a_file_that_cannot_be_changed_stays_as_it_was(tmp_path, text, changes, message):
    path = tmp_path / "hopline.toml"
    path.write_text(text)
    with pytest.raises(ConfigError, match=message):
        change_config(path, changes)
    assert path.read_text() == text
    assert list(tmp_path.iterdir()) == [path]
