"""`hopline export-student`: what it writes, by another runtime, gives the vectors that serve users who are new."""

import json

import numpy as np
import onnxruntime
import pytest

from hopline.run_folder import read_run

pytestmark = pytest.mark.integration


def test_the_file_gives_the_vectors_of_the_runs_student_by_the_ids_that_it_tells(hopline, workplace, recommender):
    hopline("import", "films", "--json")
    status, out, err = hopline("export-student", "early.onnx")
    assert (status, out) == (1, "")
    assert "run `hopline train` first" in err
    hopline("train", "--quiet")
    status, out, err = hopline("export-student", "student.onnx", "--json")
    assert (status, err) == (0, "")
    assert json.loads(out) == {"file": "student.onnx", "items": 24}
    session = onnxruntime.InferenceSession(str(workplace / "student.onnx"), providers=["CPUExecutionProvider"])
    (ids,) = json.loads(session.get_modelmeta().custom_metadata_map["items"]).values()
    met = [ids.index("f3"), ids.index("f5")]
    (found,) = session.run(["vectors"], {"items": np.array([met]), "weights": np.ones((1, 2), np.float32)})
    run = read_run(recommender.config.run_folder)
    np.testing.assert_allclose(found[0], run.student.vector(met), rtol=1e-5, atol=1e-6)
    films = run.items[0]
    best = films.ids[np.argsort(-(films.vectors @ found[0]))][:5].tolist()
    assert all(int(film[1:]) % 2 == 1 for film in best)


def test_another_ending_is_refused(hopline):
    hopline("import", "films", "--json")
    hopline("train", "--quiet")
    status, out, err = hopline("export-student", "student.pt")
    assert (status, out) == (1, "")
    assert "expected a file that ends in .onnx" in " ".join(err.split())
