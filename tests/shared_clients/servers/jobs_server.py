"""The part of BigQuery's jobs API that runs queries, with failures that no emulator gives.

A SELECT returns one row with one column `query`, the statement itself, so that a test sees whether an answer
belongs to its question. Any other statement changes one row.
https://cloud.google.com/bigquery/docs/reference/rest/v2/jobs
"""

import re
import uuid
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.shared_clients.servers.counting_http import CountingServer, Request, Response

SCHEMA = {"fields": [{"name": "query", "type": "STRING", "mode": "NULLABLE"}]}
PATH = re.compile(
    r"/bigquery/v2/projects/(?P<project>[^/]+)/(?P<kind>jobs|queries)(?:/(?P<job>[^/]+))?(?:/(?P<verb>\w+))?"
)


@dataclass(frozen=True)
class Failure:
    """An error of the API: the HTTP status, and the reason and message that the body carries."""

    status: int
    reason: str
    message: str

    def result(self) -> dict[str, Any]:
        return {"reason": self.reason, "message": self.message}

    def response(self, headers: Mapping[str, str] | None = None) -> Response:
        errors = [self.result() | {"domain": "global"}]
        body = {"error": {"code": self.status, "message": self.message, "errors": errors}}
        return Response(self.status, body, headers or {})


TABLE = "test-project:things.counts"
SERIALIZATION = Failure(
    400, "invalidQuery", f"Could not serialize access to table {TABLE} due to concurrent update"
)
ABORTED = Failure(
    400, "invalidQuery", f"Transaction is aborted due to concurrent update against table {TABLE}."
)
TOO_MANY_DML = Failure(
    400,
    "resourcesExceeded",
    f"Resources exceeded during query execution: Too many DML statements outstanding against table {TABLE}, "
    "limit is 20.",
)
OUT_OF_MEMORY = Failure(
    400,
    "resourcesExceeded",
    "Resources exceeded during query execution: The query could not be executed in the allotted memory.",
)
SYNTAX = Failure(400, "invalidQuery", "Syntax error: Unexpected identifier at [1:1]")
QUOTA = Failure(403, "quotaExceeded", "Quota exceeded: Your project exceeded quota for queries per day.")
RATE = Failure(403, "rateLimitExceeded", "Exceeded rate limits: too many table update operations.")
JOB_RATE = Failure(400, "jobRateLimitExceeded", "Job exceeded rate limits: too many table update operations.")
BACKEND = Failure(503, "backendError", "Error encountered during execution. Retrying may solve the problem.")
TOO_MANY_REQUESTS = Failure(429, "rateLimitExceeded", "Too many requests.")
UNAVAILABLE = Failure(503, "backendError", "The service is currently unavailable.")
NOT_FOUND = Failure(404, "notFound", "Not found: Job")
DUPLICATE = Failure(409, "duplicate", "Already Exists: Job")


@dataclass(frozen=True)
class Job:
    """A query that was issued, and how it ended."""

    project: str
    id: str
    sql: str
    failure: Failure | None

    @property
    def selects(self) -> bool:
        return self.sql.lstrip().upper().startswith(("SELECT", "WITH"))

    def reference(self) -> dict[str, str]:
        return {"projectId": self.project, "jobId": self.id, "location": "US"}

    def resource(self, *, done: bool) -> dict[str, Any]:
        error = (
            {"errorResult": self.failure.result(), "errors": [self.failure.result()]} if self.failure else {}
        )
        return {
            "kind": "bigquery#job",
            "id": f"{self.project}:US.{self.id}",
            "jobReference": self.reference(),
            "configuration": {"jobType": "QUERY", "query": {"query": self.sql, "useLegacySql": False}},
            "status": {"state": "DONE"} | error if done else {"state": "RUNNING"},
            "statistics": {"query": {"statementType": "SELECT" if self.selects else "INSERT"}},
        }

    def results(self) -> Response:
        if self.failure:
            return self.failure.response()
        rows: dict[str, Any] = {"schema": SCHEMA, "totalRows": "1", "rows": [{"f": [{"v": self.sql}]}]}
        answer = rows if self.selects else {"numDmlAffectedRows": "1"}
        common = {"kind": "bigquery#queryResponse", "jobComplete": True, "jobReference": self.reference()}
        return Response(body=common | answer)


class JobsServer(CountingServer):
    """`fail_jobs` decides how the next jobs end, `script` what the next HTTP requests get.

    A job is reported as running when it is issued, and then `polls_before_done` times; a request id that was
    seen is answered for the job that it issued.
    """

    @property
    def environment(self) -> dict[str, str]:
        return {"BIGQUERY_EMULATOR_HOST": self.url}

    def reset(self) -> None:
        super().reset()
        self.jobs: dict[str, Job] = {}
        self.polls_before_done = 0
        self._failures: deque[Failure | None] = deque()

    def fail_jobs(self, *failures: Failure | None) -> None:
        """Let the next jobs end like this, in this order; None lets one succeed."""
        self._failures.extend(failures)

    def respond(self, request: Request) -> Response:
        match = PATH.fullmatch(request.path)
        if not match:
            return NOT_FOUND.response()
        project, kind, job, verb = match.group("project", "kind", "job", "verb")
        if job is None:
            return self.issue(project, kind, request.json())
        if job not in self.jobs:
            return NOT_FOUND.response()
        if kind == "queries":
            return self.jobs[job].results()
        resource = self.jobs[job].resource(done=self.is_done(job))
        return Response(body={"job": resource} if verb == "cancel" else resource)

    def is_done(self, job: str) -> bool:
        polls = [one for one in self.requests if one.method == "GET" and one.path.endswith(f"/jobs/{job}")]
        return len(polls) > self.polls_before_done

    def issue(self, project: str, kind: str, body: dict[str, Any]) -> Response:
        if kind == "queries":
            name = body.get("requestId") or str(uuid.uuid4())
            return self.jobs[name].results() if name in self.jobs else self.add(project, name, body).results()
        name = body["jobReference"].get("jobId") or str(uuid.uuid4())
        if name in self.jobs:
            return DUPLICATE.response()
        job = self.add(project, name, body["configuration"]["query"])
        return Response(body=job.resource(done=False))

    def add(self, project: str, name: str, query: dict[str, Any]) -> Job:
        with self._lock:
            failure = self._failures.popleft() if self._failures else None
            job = self.jobs[name] = Job(project, name, query["query"], failure)
        return job
