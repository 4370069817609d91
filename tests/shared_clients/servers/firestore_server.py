"""A Firestore in memory that speaks gRPC, for machines without Google's emulator.

Documents are read, written, merged, deleted and queried; queries know comparisons joined by "and",
an order and a limit. Transactions commit without a check for conflicts. What it does not know, it refuses
with UNIMPLEMENTED, so that no test passes by accident.
"""

import itertools
import operator
import threading
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any, cast

import grpc
from google.cloud.firestore_v1 import types

from tests.shared_clients.servers.grpc_service import Method, serve

OPERATORS = types.StructuredQuery.FieldFilter.Operator
COMPARISONS: dict[int, Callable[[Any, Any], bool]] = {
    OPERATORS.EQUAL: operator.eq,
    OPERATORS.NOT_EQUAL: operator.ne,
    OPERATORS.LESS_THAN: operator.lt,
    OPERATORS.LESS_THAN_OR_EQUAL: operator.le,
    OPERATORS.GREATER_THAN: operator.gt,
    OPERATORS.GREATER_THAN_OR_EQUAL: operator.ge,
}
DESCENDING = types.StructuredQuery.Direction.DESCENDING

documents: dict[str, types.Document] = {}
lock = threading.Lock()


def now() -> datetime:
    return datetime.now(tz=UTC)


def scalar(value: types.Value) -> object:
    return getattr(value, types.Value.pb(value).WhichOneof("value_type") or "null_value")


def batch_get(
    request: types.BatchGetDocumentsRequest, _: grpc.ServicerContext
) -> Iterator[types.BatchGetDocumentsResponse]:
    for name in request.documents:
        with lock:
            found = documents.get(name)
        answer = {"found": found} if found else {"missing": name}
        yield types.BatchGetDocumentsResponse(answer, read_time=now())


def begin(_: types.BeginTransactionRequest, __: grpc.ServicerContext) -> types.BeginTransactionResponse:
    return types.BeginTransactionResponse(transaction=uuid.uuid4().bytes)


def roll_back(_: types.RollbackRequest, __: grpc.ServicerContext) -> None:
    """Nothing is written before a commit."""


def commit(request: types.CommitRequest, context: grpc.ServicerContext) -> types.CommitResponse:
    with lock:
        for write in request.writes:
            check_precondition(write, context)
        results = [types.WriteResult(update_time=apply_write(write, context)) for write in request.writes]
    return types.CommitResponse(write_results=results, commit_time=now())


def check_precondition(write: types.Write, context: grpc.ServicerContext) -> None:
    if "exists" not in write.current_document:
        return
    name = write.delete or write.update.name
    if write.current_document.exists and name not in documents:
        context.abort(grpc.StatusCode.NOT_FOUND, f"No document to update: {name}")
    if not write.current_document.exists and name in documents:
        context.abort(grpc.StatusCode.ALREADY_EXISTS, f"Document already exists: {name}")


def apply_write(write: types.Write, context: grpc.ServicerContext) -> datetime:
    written = now()
    if write.delete:
        documents.pop(write.delete, None)
        return written
    if "update" not in write:
        context.abort(grpc.StatusCode.UNIMPLEMENTED, "this test server knows updates and deletes")
    name = write.update.name
    before = documents.get(name) or types.Document(name=name, create_time=written)
    fields = merged(before, write) if "update_mask" in write else dict(write.update.fields)
    for transform in write.update_transforms:
        if "set_to_server_value" not in transform:
            context.abort(grpc.StatusCode.UNIMPLEMENTED, "this test server knows server timestamps only")
        fields[transform.field_path] = types.Value(timestamp_value=written)
    documents[name] = types.Document(
        name=name, fields=fields, create_time=before.create_time, update_time=written
    )
    return written


def merged(before: types.Document, write: types.Write) -> dict[str, types.Value]:
    fields = dict(before.fields)
    for path in write.update_mask.field_paths:
        top = path.partition(".")[0]
        if top in write.update.fields:
            fields[top] = write.update.fields[top]
        else:
            fields.pop(top, None)
    return fields


def run_query(
    request: types.RunQueryRequest, context: grpc.ServicerContext
) -> Iterator[types.RunQueryResponse]:
    query = request.structured_query
    prefix = f"{request.parent}/{query.from_[0].collection_id}/"
    with lock:
        inside = [one for name, one in sorted(documents.items()) if parent_is(name, prefix)]
    matching = [one for one in inside if matches(one, query.where, context)]
    for order in reversed(query.order_by):
        if order.field.field_path != "__name__":
            matching.sort(key=by_field(order.field.field_path), reverse=order.direction == DESCENDING)
    for one in itertools.islice(matching, cast("int | None", query.limit)):
        yield types.RunQueryResponse(document=one, read_time=now())
    yield types.RunQueryResponse(read_time=now())


def by_field(path: str) -> Callable[[types.Document], Any]:
    return lambda document: scalar(document.fields[path])


def parent_is(name: str, prefix: str) -> bool:
    return name.startswith(prefix) and "/" not in name.removeprefix(prefix)


def matches(
    document: types.Document, where: types.StructuredQuery.Filter, context: grpc.ServicerContext
) -> bool:
    if not where:
        return True
    if "composite_filter" in where:
        return all(matches(document, part, context) for part in where.composite_filter.filters)
    compare = COMPARISONS.get(where.field_filter.op)
    if compare is None:
        context.abort(grpc.StatusCode.UNIMPLEMENTED, f"this test server does not know {where}")
    path = where.field_filter.field.field_path
    return path in document.fields and compare(
        scalar(document.fields[path]), scalar(where.field_filter.value)
    )


SERVICES = {
    "google.firestore.v1.Firestore": {
        "BatchGetDocuments": Method(
            "unary_stream", batch_get, types.BatchGetDocumentsRequest, types.BatchGetDocumentsResponse
        ),
        "BeginTransaction": Method(
            "unary_unary", begin, types.BeginTransactionRequest, types.BeginTransactionResponse
        ),
        "Rollback": Method("unary_unary", roll_back, types.RollbackRequest, None),
        "Commit": Method("unary_unary", commit, types.CommitRequest, types.CommitResponse),
        "RunQuery": Method("unary_stream", run_query, types.RunQueryRequest, types.RunQueryResponse),
    }
}

if __name__ == "__main__":
    serve(SERVICES)
