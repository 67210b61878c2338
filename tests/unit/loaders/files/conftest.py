import pytest


@pytest.fixture
def folder(tmp_path):
    """Write files, text or bytes, into one folder and return it."""

    def write(files):
        for name, content in files.items():
            (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        return tmp_path

    return write
