"""Results as XML: for whatever reads Checkstyle's reports, and for whatever shows test results."""

from xml.etree.ElementTree import Element, SubElement, tostring

from flake8_client_pool import __version__
from flake8_client_pool.output.published import Report
from flake8_client_pool.output.text import printable
from flake8_client_pool.policy.verdict import Status
from flake8_client_pool.scan.run import Result


def to_checkstyle(report: Report) -> str:
    """Write the findings to show, a `file` for each that has any."""
    root = Element("checkstyle", version="4.3")
    files: dict[str, Element] = {}
    for result, path, _ in report.published():
        if path not in files:
            files[path] = SubElement(root, "file", name=printable(path))
        SubElement(
            files[path],
            "error",
            line=str(result.finding.span.line),
            column=str(result.finding.span.column),
            severity="error" if result.status == Status.ERROR else "info",
            message=printable(result.finding.message),
            source=f"client-pool.{result.finding.code}",
        )
    return _written(root)


def to_junit(report: Report) -> str:
    """Write each finding to show as a test that failed or was skipped, and one that passed where there is none."""
    cases = [_case(result, path) for result, path, _ in report.published()]
    failed = sum(case.find("failure") is not None for case in cases)
    cases = cases or [Element("testcase", classname="client-pool", name="no client is built directly", time="0")]
    counts = {
        "tests": str(len(cases)),
        "failures": str(failed),
        "errors": "0",
        "skipped": str(sum(case.find("skipped") is not None for case in cases)),
        "time": "0",
    }
    root = Element("testsuites", {"name": "client-pool", **counts})
    suite = SubElement(root, "testsuite", {"name": f"client-pool {__version__}", **counts})
    suite.extend(cases)
    return _written(root)


def _case(result: Result, path: str) -> Element:
    finding = result.finding
    path, place = printable(path), f"{finding.span.line}:{finding.span.column}"
    case = Element(
        "testcase",
        classname=path,
        name=f"{finding.code} at {place}",
        file=path,
        line=str(finding.span.line),
        time="0",
    )
    message = printable(finding.message)
    if result.status == Status.ERROR:
        failure = SubElement(case, "failure", type=finding.code, message=message)
        failure.text = f"{path}:{place}: {finding.code} {message}\n{printable(result.excerpt.text)}"
    else:
        why = printable(result.reason or result.phase)
        SubElement(case, "skipped", message=f"{result.status}: {why or finding.code}")
    return case


def _written(root: Element) -> str:
    """Write a document in ASCII, so that it is the same whatever the encoding of standard output."""
    return f'<?xml version="1.0" encoding="us-ascii"?>\n{tostring(root, "us-ascii").decode("ascii")}\n'
