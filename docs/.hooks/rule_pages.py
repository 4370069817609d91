"""Writes a page for each rule, from the object that the linter itself has, when the site is built."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

from flake8_client_pool.kinds import ClientKind
from flake8_client_pool.policy.selection import UNSUPPRESSIBLE_CODES
from flake8_client_pool.rules import RULES, Example, Rule

PROJECT = Path(__file__).parents[2]
_OUTSIDE = re.compile(r"\]\(\.\./([^)#\s]+)")


def on_config(config: MkDocsConfig) -> None:
    """Put the pages of the rules below their overview."""
    for section in config.nav or ():
        if "Rules" in section:
            section["Rules"] = [section["Rules"], *(f"rules/{rule.code}.md" for rule in RULES)]


def on_page_markdown(markdown: str, page: Page, **_others: object) -> str:
    """Let links of the top pages to files that lie outside of docs/ lead to the copies on the site."""
    return markdown if "/" in page.file.src_uri else _OUTSIDE.sub(r"](\1", markdown)


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages of the rules, and what others link to; mkdocs calls this when it knows all pages that are files."""
    linked = {path for file in files.documentation_pages() for path in _OUTSIDE.findall(file.content_string)}
    for path in sorted(linked):
        files.append(File.generated(config, path, abs_src_path=str(PROJECT / path)))
    pages = {"rules/index.md": overview(), **{f"rules/{rule.code}.md": page_of(rule) for rule in RULES}}
    for path, lines in pages.items():
        files.append(File.generated(config, path, content="\n".join(lines) + "\n"))
    return files


def overview() -> Iterator[str]:
    """Write the table of all rules."""
    yield from ("# Rules", "", "| code | name | what is wrong | on by default |", "| --- | --- | --- | --- |")
    for rule in RULES:
        yield f"| [{rule.code}]({rule.code}.md) | {rule.name} | {rule.summary} | {'yes' if rule.default else 'no'} |"


def page_of(rule: Rule) -> Iterator[str]:
    """Write what `client-pool explain` tells, with links and colours."""
    yield from (f"# {rule.code}: {rule.name}", "", f"**{rule.summary[0].upper()}{rule.summary[1:]}.**", "")
    if not rule.default:
        yield from (f"Off unless [selected](../configuration.md): `--select {rule.code}`.", "")
    yield from (rule.explanation.strip(), "")
    for title, examples in (
        ("Found", [each for each in rule.examples if each.findings]),
        ("Not found", [each for each in rule.examples if not each.findings]),
    ):
        if examples:
            yield from (f"## {title}", "")
        for each in examples:
            yield from example(each)
    yield from ("## Suppressing it", "", how_to_suppress(rule))


def how_to_suppress(rule: Rule) -> str:
    """Say which comment suppresses a rule's findings."""
    if rule.code in UNSUPPRESSIBLE_CODES:
        return "No comment suppresses this rule; the [configuration](../configuration.md) turns it off, with `ignore`."
    return f"`# noqa: {rule.code} - why it has to be`, on the finding's line; see [phases](../phases.md#suppressions)."


def example(shown: Example) -> Iterator[str]:
    """Write a source with what is around it, its findings, and what the fix makes of it."""
    for kind in shown.kinds:
        yield from code("toml", "pyproject.toml", configured(kind))
    for path, text in shown.files.items():
        yield from code("python", path, text)
    yield from code("python", shown.name if shown.files or shown.kinds else "", shown.source)
    for line, column, found in shown.findings:
        yield f"- line {line}, column {column}: {found}"
    yield ""
    if shown.fixed is not None:
        yield from ("`client-pool fix` makes of it:", "", *code("python", "", shown.fixed))
    for name, text in shown.created.items():
        yield from (f"`client-pool fix` makes `{name}`:", "", *code("python", "", text))


def code(language: str, title: str, text: str) -> tuple[str, ...]:
    """Write a block of code."""
    return (f'``` {language} title="{title}"' if title else f"``` {language}", text.rstrip(), "```", "")


def configured(kind: ClientKind) -> str:
    """Write a kind as the configuration has it."""
    values = {"constructors": list(kind.constructors), "getter": kind.getter}
    return "\n".join(
        [f"[tool.client-pool.kinds.{kind.name}]", *(f"{key} = {json.dumps(value)}" for key, value in values.items())]
    )
