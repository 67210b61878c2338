import pytest

from hopline.config import read_config, read_connection_settings, read_server_settings
from hopline.errors import ConfigError, SchemaError


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """A working folder without a hopline.toml."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(folder, text, name="hopline.toml"):
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_without_a_file_defaults_hold():
    config = read_config()
    assert (config.train.epochs, config.split.by, str(config.run_folder)) == (30, "random", "runs/default")
    assert config.graph_schema is None


def test_options_go_over_the_environment_and_that_over_the_file(folder, monkeypatch):
    write(folder, "[train]\nepochs = 3\nseed = 3\nfanout = 3\n[model]\nembedding_size = 8\n")
    monkeypatch.setenv("HOPLINE_TRAIN__EPOCHS", "5")
    monkeypatch.setenv("HOPLINE_TRAIN__SEED", "5")
    config = read_config(train={"epochs": 7})
    assert (config.train.epochs, config.train.seed, config.train.fanout) == (7, 5, 3)
    assert config.model.embedding_size == 8
    assert config.changed({"train": {"epochs": 9}}).train.seed == 5


def test_a_file_of_another_name_is_read_instead(folder):
    write(folder, "[train]\nepochs = 3\n")
    other = write(folder, "[train]\nseed = 4\n", "other.toml")
    assert (read_config(other).train.epochs, read_config(other).train.seed) == (30, 4)


def test_the_embedded_servers_variables_are_no_keys_of_the_configuration(monkeypatch):
    monkeypatch.setenv("HOPLINE_HOME", "/somewhere")
    monkeypatch.setenv("HOPLINE_HEAP_MB", "512")
    assert read_config().train.epochs == 30


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[train]\nepoch = 3", r"train\.epoch: there is no such key; known are average, epochs, fanout"),
        (
            "[trian]\nepochs = 3",
            "trian: there is no such key; known are ask, behaviours, clean, compress, events, features, fuse, graph_schema",
        ),
        ("[tasks.ranking]\nhardness = 3", r"tasks\.ranking\.hardness: there is no such key; known are batch_size"),
        ("[train]\nepochs = 0", r"train\.epochs: Input should be greater than or equal to 1 \(got 0\)"),
        ("[train]\nepochs = 'many'", r"train\.epochs: .*valid integer.*got 'many'"),
        ("[model]\nembedding_size = 1", r"model\.embedding_size: .*greater than or equal to 2"),
        ("[publish]\nkeep = 0", r"publish\.keep"),
        ("[split]\nby = 'files'", "needs train_file"),
        ("[split]\nby = 'alphabet'", r"split\.by: Input should be 'random', 'time' or 'files'"),
        ("[split]\nvalid = 0.5\ntest = 0.5", r"valid 0\.5 and test 0\.5 leave nothing to train on"),
        ("train = 3", r"train: Input should be a valid dictionary"),
        ("this is [not toml", "is not valid TOML"),
    ],
)
def test_a_mistake_in_the_file_is_named_with_the_file(folder, text, message):
    path = write(folder, text, "mine.toml")
    with pytest.raises(ConfigError, match=message) as caught:
        read_config(path)
    assert "mine.toml" in str(caught.value)


def test_a_schema_that_contradicts_itself_is_a_schema_error(folder):
    write(folder, "[graph_schema]\nnodes = []\nedges = []\n")
    with pytest.raises(SchemaError, match="role 'user'"):
        read_config()


def test_a_missing_file_is_named(folder):
    with pytest.raises(ConfigError, match=r"there is no configuration file .*none\.toml; write one, or leave the option out"):
        read_config(folder / "none.toml")


@pytest.mark.parametrize(("name", "value"), [("HOPLINE_TRAIN__EPOCHS", "soon"), ("HOPLINE_TRAIN__EPOCH", "3")])
def test_a_mistake_in_the_environment_is_named(monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    with pytest.raises(ConfigError, match=name.removeprefix("HOPLINE_").lower().replace("__", r"\.")):
        read_config()


def test_a_section_in_the_environment_that_is_no_json_is_not_blamed_on_the_file(monkeypatch):
    monkeypatch.setenv("HOPLINE_TRAIN", "fast")
    with pytest.raises(ConfigError, match=r'an environment variable cannot be read: .*"train".*HOPLINE_SECTION__KEY') as caught:
        read_config()
    assert "TOML" not in str(caught.value)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"train": {"epochs": -1}}, r"\[train\] has a mistake: epochs"),
        ({"split": {"testt": 0.1}}, r"testt: there is no such key"),
    ],
)
def test_a_change_is_checked_like_the_file(change, message):
    with pytest.raises(ConfigError, match=message):
        read_config().changed(change)


def test_settings_of_servers_out_of_range_are_named(monkeypatch):
    monkeypatch.setenv("HOPLINE_PORT", "bolt")
    with pytest.raises(ConfigError, match=r"HOPLINE_\* port: .*got 'bolt'"):
        read_server_settings()
    monkeypatch.setenv("NEO4J_URI", "bolt://elsewhere:7687")
    assert read_connection_settings().uri == "bolt://elsewhere:7687"


@pytest.mark.parametrize("task", ["ranking", "rating", "link"])
@pytest.mark.parametrize("weight", [0, -1.5, float("nan")])
def test_a_task_weight_that_is_not_above_zero_is_refused_by_its_name(task, weight):
    with pytest.raises(ConfigError, match=rf"tasks\.{task}\.weight: (Value error, )?Input should be greater than 0"):
        read_config(tasks={task: {"weight": weight}})


@pytest.mark.parametrize(
    ("fuse", "message"),
    [
        ({"ials": 0.5}, "the largest times all shares together below 1"),
        ({"nearby_ease": 0.8}, "nearby_ease, which is tried in EASE's place, and all other shares together must be below 1"),
        ({"social_knn": 0.3}, "the largest times all shares together below 1"),
        ({"nearby_ease": -0.1}, "fuse.nearby_ease: Input should be greater than or equal to 0"),
        ({"lengths": (0,)}, "lengths must be above 0"),
    ],
)
def test_shares_that_leave_the_network_nothing_are_refused(fuse, message):
    with pytest.raises(ConfigError, match=message):
        read_config(fuse=fuse)


def test_a_share_in_the_place_of_what_has_none_is_no_mistake():
    assert read_config(fuse={"ease": 0.0, "nearby_ease": 0.9}).fuse.nearby_ease == 0.9
