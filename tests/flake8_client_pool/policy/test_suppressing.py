"""A finding that is suppressed by the offered comment is suppressed for flake8, and nothing else is lost."""

import pytest

from flake8_client_pool.engine import Engine
from flake8_client_pool.fixes.drafts import applied
from flake8_client_pool.kinds import KINDS
from flake8_client_pool.model import Finding
from flake8_client_pool.policy.suppressing import suppressing

IMPORT = "from google.cloud import bigquery\n"
CASES = {
    "a = bigquery.Client()\n": "a = bigquery.Client()  # noqa: CPL101\n",
    "a = bigquery.Client()": "a = bigquery.Client()  # noqa: CPL101",
    "a = bigquery.Client()   \r\n": "a = bigquery.Client()  # noqa: CPL101\r\n",
    "a = bigquery.Client()  # why\n": "a = bigquery.Client()  # why  # noqa: CPL101\n",
    "a = bigquery.Client()  # type: ignore[x]\n": "a = bigquery.Client()  # type: ignore[x]  # noqa: CPL101\n",
    "a = bigquery.Client()  # noqa: E501 - long\n": "a = bigquery.Client()  # noqa: E501, CPL101 - long\n",
    "a = bigquery.Client()  # noqa:E501,W291\n": "a = bigquery.Client()  # noqa:E501,W291, CPL101\n",
    "a = bigquery.Client(\n    project='x',\n)\n": "a = bigquery.Client(  # noqa: CPL101\n    project='x',\n)\n",
    "a = bigquery.Client() or '''\nx\n'''\n": "a = bigquery.Client() or '''\nx\n'''  # noqa: CPL101\n",
    "a = \\\n    bigquery.Client() + \\\n    1\n": "a = \\\n    bigquery.Client() + \\\n    1  # noqa: CPL101\n",
}


def found(text: str) -> list[Finding]:
    engine = Engine(KINDS, "shared_clients")
    return list(engine.analyze("/repo/job.py", text, engine.words("/repo/job.py", text.encode())).findings)


@pytest.mark.parametrize("before", CASES)
def test_what_stands_there_stays(before: str) -> None:
    (finding,) = found(IMPORT + before)
    edit = suppressing(IMPORT + before, finding)
    assert edit
    assert applied(IMPORT + before, [edit]) == IMPORT + CASES[before]


@pytest.mark.parametrize(
    "text",
    [
        "def f(:\n    pass\na = bigquery.Client('''\nx\n''')\n",  # nobody knows where the string ends
        "a = bigquery.Client() + \\\n",
        "a = '''\n# noqa: E501\n''' or bigquery.Client()\n",  # the string would be another
    ],
)
def test_where_no_comment_can_stand(text: str) -> None:
    (finding,) = (each for each in found(IMPORT + text) if each.code == "CPL101")
    assert suppressing(IMPORT + text, finding) is None
