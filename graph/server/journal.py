"""What changed since a transaction, told by the embedded server from its transaction log as a procedure, ``hopline.changes``.

The log holds every committed record of a node, relationship or property as it was before and after, so the ids it gives are
those that changed, however often an id was given anew. It is read through Neo4j's own classes, inside the server's process;
whoever calls the procedure has logged in, and it reads only.

Calling from Python into Java for every record would be slow: records are gathered and turned into columns of numbers by Java's
own streams, whose functions are method handles. Those are made once, as Java compiles each anew.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import jpype
import numpy as np
from numpy.typing import NDArray

from cypher import load
from graph.internal_ids import Longs, each_once, without

TOLD_KEPT = 1_000
"""Points in history that the server remembers to have told: the log need not be read for whether they are in it."""
COMMANDS_AT_ONCE = 50_000  # bounds what is held of the log in the server's heap, but for one transaction

_STORE_ID = "org.neo4j.storageengine.api.StoreIdProvider"
_TRANSACTIONS = "org.neo4j.storageengine.api.TransactionIdStore"
_LOG = "org.neo4j.wal.LogicalTransactionStore"
_STORAGE_ENGINE = "record"  # the one whose commands are understood here; Community has no other
_COMMAND = "org.neo4j.internal.recordstorage.Command"
_RECORD = "org.neo4j.kernel.impl.store.record"
_BEFORE_AND_AFTER = ("getBefore", "getAfter")
_IN = ("transaction", "checksum", "limit")
_OUT = {
    "store": "NTString",
    "transaction": "NTInteger",
    "checksum": "NTInteger",
    "gap": "NTString",
    "nodes": "NTByteArray",
    "relationships": "NTByteArray",
    "deleted": "NTByteArray",
}

_Told = deque[tuple[str, int, int]]  # store, transaction, checksum; the history of a store in use only grows


@dataclass(frozen=True)
class Touched:
    """Internal ids of what changed, each once, in ascending order; ``gap`` says why they are not all, or is empty.

    ``deleted`` are those of ``relationships`` that were deleted, and whose id no other was given since.
    """

    gap: str = ""
    nodes: Longs = field(default_factory=lambda: np.empty(0, np.int64))
    relationships: Longs = field(default_factory=lambda: np.empty(0, np.int64))
    deleted: Longs = field(default_factory=lambda: np.empty(0, np.int64))

    def then(self, later: Touched) -> Touched:
        """Return what changed in all, if ``later`` came after this."""
        return Touched(
            "",
            each_once(np.concatenate([self.nodes, later.nodes])),
            each_once(np.concatenate([self.relationships, later.relationships])),
            each_once(np.concatenate([without(self.deleted, later.relationships), later.deleted])),
        )


def register_changes(server: Any) -> None:
    """Give a running server the procedure ``hopline.changes(transaction, checksum, limit)``, for the database in use.

    It yields one row: the store's identity; the last transaction up to which all are applied, and its checksum; ``gap``; and,
    as bytes of little-endian int64, the ids of the nodes and relationships made, deleted or changed after ``transaction`` up to
    that one or a later one, and of those relationships that are no more. If they cannot all be told, ``gap`` says why and there
    are none: the log does not reach back to a transaction of that id and checksum, or more than ``limit`` ids changed.

    Raises:
        TypeError: a class of Neo4j's is not there, as in another version; a call would break the caller's connection.
    """
    for name in (_STORE_ID, _TRANSACTIONS, _LOG):
        jpype.JClass(name)
    types = jpype.JClass("org.neo4j.internal.kernel.api.procs.Neo4jTypes")
    called = jpype.JClass("org.neo4j.internal.kernel.api.procs.QualifiedName")("hopline", "changes")
    builder = jpype.JClass("org.neo4j.internal.kernel.api.procs.ProcedureSignature").procedureSignature(called)
    for argument in _IN:
        builder.in_(argument, types.NTInteger)
    for column, kind in _OUT.items():
        builder.out(column, getattr(types, kind))
    builder.mode(jpype.JClass("org.neo4j.procedure.Mode").READ)
    built = builder.build()

    @jpype.JImplements("org.neo4j.kernel.api.procedure.CallableProcedure")
    class Changes:
        @jpype.JOverride  # type: ignore[untyped-decorator]
        def signature(self) -> Any:
            return built

        @jpype.JOverride  # type: ignore[untyped-decorator]
        def apply(self, context: Any, given: Any, _monitor: Any) -> Any:
            return _answer(context.dependencyResolver(), told, *(int(value.longValue()) for value in given))

    told: _Told = deque(maxlen=TOLD_KEPT)
    resolver = server.database("system").getDependencyResolver()
    _resolve(resolver, "org.neo4j.kernel.api.procedure.GlobalProcedures").register(Changes())


def rehearse(server: Any, database: str) -> None:
    """Do what the first call of the procedure would wait for: plan its statement, make its functions and load their classes."""
    params = jpype.JClass("java.util.HashMap")()
    for name, value in zip(_IN, (-1, 0, 0), strict=True):
        params.put(name, jpype.JClass("java.lang.Long").valueOf(value))
    server.database(database).executeTransactionally(load("sync/read_changes").render(), params)
    _of_commands(jpype.JClass("java.util.ArrayList")())


def _answer(resolver: Any, told: _Told, transaction: int, checksum: int, limit: int) -> Any:
    store = _resolve(resolver, _STORE_ID).getStoreId()
    # Read before the log: what is applied later may be told too, and will be told again.
    applied = _resolve(resolver, _TRANSACTIONS).getHighestGapFreeClosedTransaction().transactionId()
    if str(store.getStorageEngineName()) != _STORAGE_ENGINE:
        touched = Touched(f"the store's engine is {store.getStorageEngineName()}")
    elif (int(applied.id()), int(applied.checksum())) == (transaction, checksum):
        touched = Touched()
    else:
        log = _resolve(resolver, _LOG)
        is_same_history = (str(store.toString()), transaction, checksum) in told
        touched = _touched(log, transaction, checksum, int(applied.id()), limit, is_same_history)
    told.append((str(store.toString()), int(applied.id()), int(applied.checksum())))
    values = jpype.JClass("org.neo4j.values.storable.Values")
    row = [
        values.stringValue(str(store.toString())),
        values.longValue(int(applied.id())),
        values.longValue(int(applied.checksum())),
        values.stringValue(touched.gap),
        values.byteArray(_java_bytes(touched.nodes)),
        values.byteArray(_java_bytes(touched.relationships)),
        values.byteArray(_java_bytes(touched.deleted)),
    ]
    rows = jpype.JClass("org.neo4j.collection.ResourceRawIterator")
    return rows.of(jpype.JArray(jpype.JObject)([jpype.JArray(jpype.JClass("org.neo4j.values.AnyValue"))(row)]))


def _touched(log: Any, transaction: int, checksum: int, applied: int, limit: int, is_same_history: bool) -> Touched:
    """Read the log after a transaction: from that one on, unless ``is_same_history``, as its checksum tells whether it is.

    A log whose next file is not there ends like one that was read whole: a checkpoint may prune it while the file before is
    read. So the end must be at the last transaction ``applied``, or after it.
    """
    unknown = Touched("the server's transaction log does not reach back to the cache's last transaction")
    if not 0 <= transaction < applied:
        return unknown
    try:
        batches = log.getCommandBatches(transaction + is_same_history)
    except jpype.JClass("java.io.IOException"):  # NoSuchLogEntryException is one: pruned, or a store put back to before
        return unknown
    touched: Touched | None = None
    try:
        is_more = bool(batches.next())
        if is_more and not is_same_history:
            if (int(batches.get().txId()), int(batches.get().checksum())) != (transaction, checksum):
                return unknown
            is_more = bool(batches.next())
        last = transaction
        while is_more:
            commands = jpype.JClass("java.util.ArrayList")()
            gather = _java_function("java.util.function.Consumer", _bound(commands, "add", "boolean", "java.lang.Object"))
            while is_more and commands.size() < COMMANDS_AT_ONCE:
                batch = batches.get()
                batch.commandBatch().iterator().forEachRemaining(gather)
                last = int(batch.txId())
                is_more = bool(batches.next())
            changed = _of_commands(commands)
            touched = changed if touched is None else touched.then(changed)
            if len(touched.nodes) + len(touched.relationships) > limit:
                return Touched(f"more than {limit} nodes and relationships changed")
    finally:
        batches.close()
    if last < applied:
        return Touched("the server's transaction log was pruned while it was read")
    return touched or Touched()


def _of_commands(commands: Any) -> Touched:
    """Return what some commands changed.

    A relationship is also written when its neighbours in the store's chains change, and a node when its first relationship
    does: those whose own content is the same before and after are not meant. A relationship's type and ends never change.
    Properties have records of their own, which name the node or the relationship that they are of.
    """
    nodes, _ = _changed(commands, "Node", ("inUse", "getLabelField", "getNextProp"), _has_dynamic_labels())
    links, is_used = _changed(commands, "Relationship", ("inUse", "getNextProp"))
    properties = commands.stream().filter(_is_on("Property")).toList()
    of_node, of_link = (
        np.concatenate([_numbers(properties.stream(), _getter("Property", which, owner)) for which in _BEFORE_AND_AFTER])
        for owner in ("getNodeId", "getRelId")
    )
    return Touched(
        "",
        each_once(np.concatenate([nodes, of_node[of_node >= 0]])),
        each_once(np.concatenate([links, of_link[of_link >= 0]])),
        without(each_once(links[~is_used]), links[is_used]),
    )


def _changed(commands: Any, kind: str, getters: tuple[str, ...], *tests: Any) -> tuple[Longs, NDArray[np.bool_]]:
    """Return the ids of records of one kind that are other than before in some number, or pass one of more tests.

    With them comes whether each is in use after.
    """
    is_changed, *others = (*(_is_other(kind, getter) for getter in getters), *tests)
    for test in others:
        is_changed = is_changed.or_(test)
    changed = commands.stream().filter(_is_on(kind)).filter(is_changed).toList()
    ids, is_used = (_numbers(changed.stream(), _getter(kind, "getAfter", getter)) for getter in ("getId", "inUse"))
    return ids, is_used.astype(np.bool_)


def _numbers(commands: Any, getter: Any) -> Longs:
    """Return one number of each command of a stream."""
    return np.array(commands.mapToLong(_java_function("java.util.function.ToLongFunction", getter)).toArray(), np.int64)


@cache
def _is_on(kind: str) -> Any:
    """Return Java's test whether a command is on this kind of record."""
    is_instance = _bound(_class(f"{_COMMAND}${kind}Command"), "isInstance", "boolean", "java.lang.Object")
    return _java_function("java.util.function.Predicate", is_instance)


@cache
def _is_other(kind: str, getter: str) -> Any:
    """Return Java's test whether a number of a record is another than before."""
    handles, compare = jpype.JClass("java.lang.invoke.MethodHandles"), _static("java.lang.Long", "compare", "long", "long")
    differs = handles.explicitCastArguments(compare, compare.type().changeReturnType(_class("boolean")))  # is it not 0
    of_two = handles.filterArguments(differs, 0, *(_getter(kind, which, getter) for which in _BEFORE_AND_AFTER))
    of_one = handles.permuteArguments(of_two, of_two.type().dropParameterTypes(1, 2), 0, 0)
    return _java_function("java.util.function.Predicate", of_one)


@cache
def _has_dynamic_labels() -> Any:
    """Return Java's test whether a node's labels were kept outside its record, where they may change alone."""
    test = _static("org.neo4j.kernel.impl.store.NodeLabelsField", "fieldPointsToDynamicRecordOfLabels", "long")
    field = _getter("Node", "getBefore", "getLabelField")
    return _java_function(
        "java.util.function.Predicate", jpype.JClass("java.lang.invoke.MethodHandles").filterReturnValue(field, test)
    )


@cache
def _getter(kind: str, which: str, getter: str) -> Any:
    """Return Java's handle from a command on this kind of record to one number of the record before or after."""
    handles, types = jpype.JClass("java.lang.invoke.MethodHandles"), jpype.JClass("java.lang.invoke.MethodType")
    lookup = handles.publicLookup()
    record = lookup.unreflect(_class(f"{_COMMAND}$BaseCommand").getMethod(which))
    value = lookup.unreflect(_class(f"{_RECORD}.{kind}Record").getMethod(getter))
    value = handles.explicitCastArguments(value, types.methodType(_class("long"), record.type().returnType()))
    return handles.filterReturnValue(record, value)


def _static(name: str, method: str, *arguments: str) -> Any:
    """Return Java's handle of a static method of primitive arguments."""
    found = _class(name).getMethod(method, *map(_class, arguments))
    return jpype.JClass("java.lang.invoke.MethodHandles").publicLookup().unreflect(found)


def _java_function(interface: str, handle: Any) -> Any:
    proxies = jpype.JClass("java.lang.invoke.MethodHandleProxies")
    return jpype.JObject(proxies.asInterfaceInstance(_class(interface), handle), jpype.JClass(interface))


def _bound(receiver: Any, method: str, returned: str, argument: str) -> Any:
    kind = jpype.JClass("java.lang.invoke.MethodType").methodType(_class(returned), _class(argument))
    return jpype.JClass("java.lang.invoke.MethodHandles").publicLookup().bind(receiver, method, kind)


def _class(name: str) -> Any:
    primitive = {"long": "java.lang.Long", "boolean": "java.lang.Boolean"}.get(name)
    return jpype.JClass(primitive).TYPE if primitive else jpype.JClass(name).class_


def _resolve(resolver: Any, name: str) -> Any:
    return resolver.resolveDependency(jpype.JClass(name))


def _java_bytes(ids: Longs) -> Any:
    return jpype.JArray(jpype.JByte)(np.frombuffer(ids.astype("<i8").tobytes(), np.int8))
