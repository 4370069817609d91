import pytest

from flake8_client_pool.model import Finding, Span
from flake8_client_pool.policy.judgement import Judge
from flake8_client_pool.policy.selection import Selection
from flake8_client_pool.policy.settings import Settings, files_of
from flake8_client_pool.policy.verdict import Status, Verdict

HERE = "/repo/src/job.py"


def settings(*select: str, ignore: tuple[str, ...] = ()) -> Settings:
    return Settings(root="/repo", pool_paths=files_of("shared.clients"), selection=Selection(select, ignore))


def found(text: str, needle: str, code: str = "CPL101", kind: str = "bigquery") -> Finding:
    start = text.index(needle)
    line = text.count("\n", 0, start) + 1
    column = start - text.rfind("\n", 0, start)
    return Finding(code, kind, "", Span(start, start + 1, line, column, line, column + 1), "", (line, line))


def judged(text: str, *findings: Finding, by: Settings | None = None, location: str = HERE) -> Verdict:
    return Judge(by or settings()).judge(location, text, findings)


def places(verdict: Verdict) -> list[tuple[str, int, int]]:
    return [(each.code, each.span.line, each.span.column) for each in verdict.findings]


def test_a_comment_suppresses_and_is_counted() -> None:
    text = "x = Client()  # noqa: CPL101\n"
    verdict = judged(text, found(text, "Client"))
    assert [(each.finding.code, each.status) for each in verdict.judged] == [("CPL101", Status.SUPPRESSED)]


def test_without_noqa_nothing_is_suppressed_and_no_comment_unused() -> None:
    text = "x = Client()  # noqa: CPL101\ny = 1  # noqa: CPL101\n"
    verdict = Judge(settings(), honour_noqa=False).judge(HERE, text, [found(text, "Client")])
    assert places(verdict) == [("CPL101", 1, 5)]


def test_a_whole_file_is_suppressed() -> None:
    text = "# flake8: noqa\nx = Client()\ny = 1  # noqa: CPL101\n"
    verdict = judged(text, found(text, "Client"))
    assert [(each.finding.code, each.status) for each in verdict.judged] == [("CPL101", Status.SUPPRESSED)]


@pytest.mark.parametrize(
    ("text", "unused"),
    [
        ("x = 1  # noqa: CPL101\n", [("CPL901", 1, 16)]),
        ("x = 1  # noqa: E501,CPL101,CPL103\n", [("CPL901", 1, 21), ("CPL901", 1, 28)]),
        ("x = 1  # noqa: CPL1\n", [("CPL901", 1, 16)]),
        ("x = 1  # noqa: CPL777\n", [("CPL901", 1, 16)]),
        ("x = 1  # noqa: CPL106\n", []),
        ("x = 1  # noqa\n", []),
        ("x = 1  # noqa: E501\n", []),
        ("x = 1  # noqa: CPL101, CPL901\n", []),
        ("x = '# noqa: CPL101'\n", []),
        ("'''\n'''  # noqa: CPL101\n", [("CPL901", 2, 14)]),
        ("# see # noqa: CPL101\n", [("CPL901", 1, 15)]),
    ],
)
def test_a_comment_that_hides_nothing_is_reported(text: str, unused: list[tuple[str, int, int]]) -> None:
    assert places(judged(text)) == unused


def test_the_place_of_an_unused_code_is_its_own() -> None:
    text = "x = 'ä'\r\ny = 1  # noqa: CPL101\r\n"
    (unused,) = judged(text).findings
    assert text[unused.span.start : unused.span.end] == "CPL101"
    assert (unused.span.line, unused.span.column, unused.span.end_column) == (2, 16, 22)


def test_of_several_codes_only_the_idle_one_is_reported() -> None:
    text = "x = Client()  # noqa: CPL101, CPL103\n"
    assert places(judged(text, found(text, "Client"))) == [("CPL901", 1, 31)]


def test_a_comment_for_a_code_that_does_not_count_is_not_unused() -> None:
    text = "x = 1  # noqa: CPL101\n"
    assert not judged(text, by=settings("CPL103", "CPL901")).findings
    assert not judged(text, by=settings(ignore=("CPL901",))).findings


def test_a_file_that_does_not_parse_has_no_unused_comments() -> None:
    text = "x = 1  # noqa: CPL101\n(\n"
    assert places(judged(text, found(text, "(", "CPL900", kind=""))) == [("CPL900", 2, 1)]
    assert not judged(text, found(text, "(", "CPL900", kind=""), by=settings(ignore=("CPL900",))).findings


def test_pool_files_may_build_but_must_parse() -> None:
    text = "x = Client()\n]\n"
    findings = [found(text, "Client"), found(text, "]", "CPL900", kind="")]
    verdict = judged(text, *findings, location="/repo/cloud/shared/clients/bigquery.py")
    assert places(verdict) == [("CPL900", 2, 1)]


def test_only_selected_codes_count() -> None:
    text = "x = Client()\n"
    assert not judged(text, found(text, "Client"), by=settings("CPL103")).findings
    assert not judged(text, found(text, "Client"), by=settings(ignore=("CPL1",))).findings


def test_what_is_left_stands_in_the_order_of_places() -> None:
    text = "a = 1  # noqa: CPL103\nx = Client()\nb = 1  # noqa: CPL103\n"
    assert [line for _, line, _ in places(judged(text, found(text, "Client")))] == [1, 2, 3]
