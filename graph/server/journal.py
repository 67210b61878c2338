"""What changed since a transaction, told by the embedded server from its transaction log as a procedure, ``hopline.changes``.

The log holds every committed record of a node, relationship or property as it was before and after, so the ids it gives are
those that changed, however often an id was given anew. It is read through Neo4j's own classes, inside the server's process;
whoever calls the procedure has logged in, and it reads only.

Calling from Python into Java for every record would be slow: records are gathered and turned into columns of numbers by Java's
own streams, whose functions are method handles. Those are made once, as Java compiles each anew.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import Any

import jpype
import numpy as np
from numpy.typing import NDArray

COMMANDS_AT_ONCE = 50_000  # bounds what is held of the log in the server's heap, but for one transaction

_STORAGE_ENGINE = "record"  # the one whose commands are understood here; Community has no other
_COMMAND = "org.neo4j.internal.recordstorage.Command"
_RECORD = "org.neo4j.kernel.impl.store.record"
_DYNAMIC_LABELS = 0x80_0000_0000  # set in a node's label field when its labels are kept elsewhere, where they may change alone
_IN = ("transaction", "checksum", "limit")
_OUT = {
    "store": "NTString",
    "transaction": "NTInteger",
    "checksum": "NTInteger",
    "gap": "NTString",
    "nodes": "NTByteArray",
    "relationships": "NTByteArray",
}

Longs = NDArray[np.int64]


@dataclass(frozen=True)
class Touched:
    """Internal ids of what changed, each once, in ascending order; ``gap`` says why they are not all, or is empty."""

    gap: str = ""
    nodes: Longs = field(default_factory=lambda: np.empty(0, np.int64))
    relationships: Longs = field(default_factory=lambda: np.empty(0, np.int64))


def register_changes(server: Any) -> None:
    """Give a running server the procedure ``hopline.changes(transaction, checksum, limit)``, for the database in use.

    It yields one row: the store's identity; the last transaction up to which all are applied, and its checksum; ``gap``; and,
    as bytes of little-endian int64, the ids of the nodes and relationships made, deleted or changed after ``transaction`` up to
    that one or a later one. If they cannot all be told, ``gap`` says why and there are none: the log does not reach back to a
    transaction of that id and checksum, or more than ``limit`` ids changed.
    """
    types = jpype.JClass("org.neo4j.internal.kernel.api.procs.Neo4jTypes")
    name = jpype.JClass("org.neo4j.internal.kernel.api.procs.QualifiedName")("hopline", "changes")
    builder = jpype.JClass("org.neo4j.internal.kernel.api.procs.ProcedureSignature").procedureSignature(name)
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
            return _answer(context.dependencyResolver(), *(int(value.longValue()) for value in given))

    resolver = server.database("system").getDependencyResolver()
    _resolve(resolver, "org.neo4j.kernel.api.procedure.GlobalProcedures").register(Changes())


def _answer(resolver: Any, transaction: int, checksum: int, limit: int) -> Any:
    store = _resolve(resolver, "org.neo4j.storageengine.api.StoreIdProvider").getStoreId()
    # Read before the log: what is applied later may be told too, and will be told again.
    applied = (
        _resolve(resolver, "org.neo4j.storageengine.api.TransactionIdStore")
        .getHighestGapFreeClosedTransaction()
        .transactionId()
    )
    if str(store.getStorageEngineName()) != _STORAGE_ENGINE:
        touched = Touched(f"the store's engine is {store.getStorageEngineName()}")
    elif (int(applied.id()), int(applied.checksum())) == (transaction, checksum):
        touched = Touched()
    else:
        log = _resolve(resolver, "org.neo4j.wal.LogicalTransactionStore")
        touched = _touched(log, transaction, checksum, int(applied.id()), limit)
    values = jpype.JClass("org.neo4j.values.storable.Values")
    row = [
        values.stringValue(str(store.toString())),
        values.longValue(int(applied.id())),
        values.longValue(int(applied.checksum())),
        values.stringValue(touched.gap),
        values.byteArray(_java_bytes(touched.nodes)),
        values.byteArray(_java_bytes(touched.relationships)),
    ]
    rows = jpype.JClass("org.neo4j.collection.ResourceRawIterator")
    return rows.of(jpype.JArray(jpype.JObject)([jpype.JArray(jpype.JClass("org.neo4j.values.AnyValue"))(row)]))


def _touched(log: Any, transaction: int, checksum: int, applied: int, limit: int) -> Touched:
    """Read the log from a transaction on; that one is read too, as its checksum tells whether this is the same history.

    A log whose next file is not there ends like one that was read whole: a checkpoint may prune it while the file before is
    read. So the end must be at the last transaction ``applied``, or after it.
    """
    unknown = Touched("the server's transaction log does not reach back to the cache's last transaction")
    if transaction < 0:
        return unknown
    try:
        batches = log.getCommandBatches(transaction)
    except jpype.JClass("java.io.IOException"):  # NoSuchLogEntryException is one: pruned, or a store put back to before
        return unknown
    nodes = relationships = np.empty(0, np.int64)
    try:
        if not batches.next() or (int(batches.get().txId()), int(batches.get().checksum())) != (transaction, checksum):
            return unknown
        is_more, last = True, transaction
        while is_more:
            commands = jpype.JClass("java.util.ArrayList")()
            gather = _java_function("java.util.function.Consumer", _bound(commands, "add", "boolean", "java.lang.Object"))
            while commands.size() < COMMANDS_AT_ONCE and (is_more := batches.next()):
                batch = batches.get()
                batch.commandBatch().iterator().forEachRemaining(gather)
                last = int(batch.txId())
            if commands.isEmpty():
                break
            changed = _of_commands(commands)
            nodes = np.union1d(nodes, changed.nodes)
            relationships = np.union1d(relationships, changed.relationships)
            if len(nodes) + len(relationships) > limit:
                return Touched(f"more than {limit} nodes and relationships changed")
    finally:
        batches.close()
    if last < applied:
        return Touched("the server's transaction log was pruned while it was read")
    return Touched("", nodes, relationships)


def _of_commands(commands: Any) -> Touched:
    """Return what some commands changed.

    A relationship is also written when its neighbours in the store's chains change, and a node when its first relationship
    does: those whose own content is the same before and after are not meant. Properties have records of their own.
    """
    links = _Columns(commands, "Relationship")
    is_same = np.ones(links.size, bool)
    for getter in ("inUse", "getType", "getFirstNode", "getSecondNode", "getNextProp"):
        is_same &= links.before(getter) == links.after(getter)
    nodes = _Columns(commands, "Node")
    is_kept = (nodes.before("getLabelField") & _DYNAMIC_LABELS) == 0
    for getter in ("inUse", "getLabelField", "getNextProp"):
        is_kept &= nodes.before(getter) == nodes.after(getter)
    properties = _Columns(commands, "Property")
    of_node, of_link = (
        np.concatenate([properties.before(getter), properties.after(getter)]) for getter in ("getNodeId", "getRelId")
    )
    return Touched(
        "",
        np.unique(np.concatenate([nodes.after("getId")[~is_kept], of_node[of_node >= 0]])),
        np.unique(np.concatenate([links.after("getId")[~is_same], of_link[of_link >= 0]])),
    )


class _Columns:
    """The commands on one kind of record, as columns of numbers: what each record was before, and is after."""

    def __init__(self, commands: Any, kind: str) -> None:
        self._kind = kind
        self._commands = commands.stream().filter(_is_on(kind)).toList()
        self.size = int(self._commands.size())

    def before(self, getter: str) -> Longs:
        return self._column("getBefore", getter)

    def after(self, getter: str) -> Longs:
        return self._column("getAfter", getter)

    def _column(self, which: str, getter: str) -> Longs:
        return np.array(self._commands.stream().mapToLong(_number_of(self._kind, which, getter)).toArray(), np.int64)


@cache
def _is_on(kind: str) -> Any:
    """Return Java's test whether a command is on this kind of record."""
    is_instance = _bound(_class(f"{_COMMAND}${kind}Command"), "isInstance", "boolean", "java.lang.Object")
    return _java_function("java.util.function.Predicate", is_instance)


@cache
def _number_of(kind: str, which: str, getter: str) -> Any:
    """Return Java's function from a command on this kind of record to one number of the record before or after."""
    handles, types = jpype.JClass("java.lang.invoke.MethodHandles"), jpype.JClass("java.lang.invoke.MethodType")
    lookup = handles.publicLookup()
    record = lookup.unreflect(_class(f"{_COMMAND}$BaseCommand").getMethod(which))
    value = lookup.unreflect(_class(f"{_RECORD}.{kind}Record").getMethod(getter))
    value = handles.explicitCastArguments(value, types.methodType(_class("long"), record.type().returnType()))
    return _java_function("java.util.function.ToLongFunction", handles.filterReturnValue(record, value))


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
