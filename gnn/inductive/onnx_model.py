"""A student as an ONNX model: vectors of users by what they met, wherever ONNX runs. Needs the extra ``onnx``."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import ModelProto, NodeProto, TensorProto, checker, helper, numpy_helper

from gnn.errors import TrainingError
from gnn.inductive.student import Student

_OPSET, _IR_VERSION = 18, 10  # what runtimes of the last years read
_MOST_BYTES = 2**31 - 2**20  # a protobuf message ends at 2 GiB


def student_model(student: Student, told: dict[str, str]) -> ModelProto:
    """Return the model of :meth:`gnn.inductive.Student.vector` for b users at a time; ``told`` is kept as its metadata.

    It knows users by their events alone, not by what they are.

    Inputs: ``items`` int64[b, n], the places of items met, and ``weights`` float32[b, n], 0 or more, where 0 stands for no
    event, so that users of unlike many are filled up. Output: ``vectors`` float32[b, d], of length one.

    Raises:
        TrainingError: vectors of more than an ONNX file holds.
    """
    if student.asking.nbytes > _MOST_BYTES:
        raise TrainingError(
            f"{len(student.asking):,} items of {student.asking.shape[1]} numbers are more than the 2 GiB of an ONNX file; make "
            "the vectors smaller (hopline compress)"
        )
    events = student.sum
    constants: dict[str, NDArray[Any]] = {
        "asking": student.asking.astype(np.float32),
        "base": events.base.astype(np.float32),
        "slope": events.slope.astype(np.float32),
        "exponent": np.array(-events.exponent, np.float32),
        "most": np.array(events.most, np.float32),
        "tiny": np.array(np.finfo(np.float32).tiny, np.float32),
        "zero": np.array(0, np.float32),
        "one": np.array(1, np.float32),
        "of_events": np.array([1], np.int64),
        "last": np.array([2], np.int64),
    }
    nodes = [
        _node("Gather", "asking", "items", gives="of_items"),
        _node("Unsqueeze", "weights", "last", gives="weight_each"),
        _node("Mul", "of_items", "weight_each", gives="weighted"),
        _node("ReduceSum", "weighted", "of_events", gives="total", keepdims=0),
        _node("ReduceSum", "weights", "of_events", gives="known", keepdims=1),
        _node("Max", "known", "tiny", gives="much"),
        _node("Clip", "much", "one", "most", gives="counted"),
        _node("Log", "counted", gives="extent"),
        _node("Mul", "extent", "slope", gives="grown"),
        _node("Pow", "much", "exponent", gives="share"),
        _node("Greater", "known", "zero", gives="is_known"),
        _node("Where", "is_known", "share", "zero", gives="factor"),
        _node("Mul", "factor", "total", gives="met"),
        _node("Sum", "base", "grown", "met", gives="found"),
        _node("ReduceL2", "found", "of_events", gives="length", keepdims=1),
        _node("Greater", "length", "zero", gives="is_long"),
        _node("Where", "is_long", "length", "one", gives="divisor"),
        _node("Div", "found", "divisor", gives="vectors"),
    ]
    graph = helper.make_graph(
        nodes,
        "hopline_student",
        [
            helper.make_tensor_value_info("items", TensorProto.INT64, ["users", "events"]),
            helper.make_tensor_value_info("weights", TensorProto.FLOAT, ["users", "events"]),
        ],
        [helper.make_tensor_value_info("vectors", TensorProto.FLOAT, ["users", student.asking.shape[1]])],
        [numpy_helper.from_array(array, name) for name, array in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", _OPSET)], producer_name="hopline")
    model.ir_version = _IR_VERSION
    helper.set_model_props(model, told)
    checker.check_model(model)
    return model


def _node(kind: str, *takes: str, gives: str, **attributes: Any) -> NodeProto:
    return helper.make_node(kind, list(takes), [gives], **attributes)
