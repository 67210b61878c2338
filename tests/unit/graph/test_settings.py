"""Where things are comes from the environment; a password is a secret as soon as it is read."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from graph.endpoint import Endpoint, locate
from graph.settings import ConnectionSettings, ServerSettings


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch):
    for model in (ConnectionSettings, ServerSettings):
        for field in model.model_fields:
            monkeypatch.delenv(model.model_config["env_prefix"] + field.upper(), raising=False)
    for name in ("XDG_DATA_HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)


def test_without_settings_the_users_own_folders_are_used(monkeypatch):
    monkeypatch.setenv("HOME", "/home/ada")
    settings = ServerSettings()
    assert settings.home == Path("/home/ada/.local/share/hopline")
    assert settings.cache == Path("/home/ada/.cache/hopline")
    assert ConnectionSettings().uri is None


def test_the_users_xdg_folders_are_respected(monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", "/data")
    monkeypatch.setenv("XDG_CACHE_HOME", "/cache")
    assert (ServerSettings().home, ServerSettings().cache) == (Path("/data/hopline"), Path("/cache/hopline"))


def test_the_environment_names_every_setting(monkeypatch):
    monkeypatch.setenv("NEO4J_DATABASE", "films")
    for name, value in {"HOME": "/a", "CACHE": "/b", "PORT": "7687", "HEAP_MB": "512", "JAVA_HOME": "/j"}.items():
        monkeypatch.setenv(f"HOPLINE_{name}", value)
    settings = ServerSettings()
    assert (settings.home, settings.cache, settings.java_home) == (Path("/a"), Path("/b"), Path("/j"))
    assert (settings.port, settings.heap_mb) == (7687, 512)
    assert ConnectionSettings().database == "films"


@pytest.mark.parametrize(("name", "value"), [("PORT", "-1"), ("PORT", "65536"), ("PORT", "bolt"), ("HEAP_MB", "10")])
def test_a_value_out_of_range_is_refused(monkeypatch, name, value):
    monkeypatch.setenv(f"HOPLINE_{name}", value)
    with pytest.raises(ValidationError, match=name.lower()):
        ServerSettings()


def test_a_password_is_not_shown_by_anything_that_holds_it(monkeypatch):
    monkeypatch.setenv("NEO4J_URI", "bolt://localhost:7687")
    monkeypatch.setenv("NEO4J_PASSWORD", "s3cret")
    settings = ConnectionSettings()
    endpoint = locate(settings, ServerSettings())
    assert endpoint == Endpoint("bolt://localhost:7687", "neo4j", settings.password, "neo4j")
    assert endpoint.password.get_secret_value() == "s3cret"
    for shown in (repr(settings), str(settings), repr(endpoint), settings.model_dump_json()):
        assert "s3cret" not in shown
