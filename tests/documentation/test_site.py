"""The documentation's site: that it builds without a warning, and that what links to it finds what it names."""

import html
import os
import re
import subprocess
import sys
from configparser import ConfigParser
from pathlib import Path

import pytest

from flake8_client_pool.rules import RULES
from flake8_client_pool.rules.pages import SITE, rule_page

PROJECT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", folder]
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder


def text_of(page: Path) -> str:
    """Return what a page says, without its tags."""
    return html.unescape(re.sub(r"<[^>]+>", "", page.read_text(encoding="utf-8")))


def test_every_rule_has_its_page_where_editors_and_reports_link_to(site: Path) -> None:
    for rule in RULES:
        said = text_of(site / rule_page(rule.code).removeprefix(SITE) / "index.html")
        assert f"{rule.code}: {rule.name}" in said
        assert rule.summary.replace("`", "")[1:] in said
        for example in rule.examples:
            shown = (example.source, example.fixed or "", *example.created.values(), *example.files.values())
            assert [text for text in shown if text.rstrip() not in said] == []


def test_the_places_that_the_readme_links_to_are_on_the_site(site: Path) -> None:
    readme = (PROJECT / "README.md").read_text(encoding="utf-8")
    links = re.findall(r"\]\(docs/(\w+)\.md(?:#([\w-]+))?\)", readme)
    assert ("pools", "gunicorn") in links
    for page, anchor in links:
        assert not anchor or f'id="{anchor}"' in (site / page / "index.html").read_text(encoding="utf-8")


def test_files_from_outside_the_documents_come_along(site: Path) -> None:
    linked = re.findall(r"\]\(\.\./([^)#\s]+)", (PROJECT / "docs/ci.md").read_text(encoding="utf-8"))
    assert linked
    for path in linked:
        assert (site / path).read_bytes() == (PROJECT / path).read_bytes()


def test_all_say_the_same_address() -> None:
    metadata = ConfigParser()
    metadata.read(PROJECT / "setup.cfg", encoding="utf-8")
    assert metadata["metadata"]["project_urls"].strip() == f"Documentation = {SITE}"
    assert f"site_url: {SITE}\n" in (PROJECT / "mkdocs.yml").read_text(encoding="utf-8")
    assert rule_page("CPL101") == f"{SITE}rules/CPL101/"
