"""Repositories with a past that tests choose."""

import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

CONFIGURATION = """\
[tool.client-pool]
phase = 1
exclude = ["vendored"]

[[tool.client-pool.phases]]
name = "shops"
paths = ["shops"]

[[tool.client-pool.phases]]
name = "jobs"
paths = ["jobs"]
"""
POOLED = b"from shared_clients import get_bigquery_client\n\nclient = get_bigquery_client()\n"
DIRECT = b"from google.cloud import bigquery\n\nclient = bigquery.Client()\n"
STORAGE = b"from google.cloud import storage as s\n\n\ndef bucket():\n    return s.Client()\n"
CONTENTS = (
    b"",
    b"print('nothing')\n",
    POOLED,
    DIRECT,
    DIRECT + b"again = bigquery.Client()  # noqa: CPL101\n",
    DIRECT + POOLED,
    STORAGE,
    STORAGE + b"\nif (:\n",
    b"# -*- coding: latin-1 -*-\nfrom google.cloud import pubsub_v1\n\nn = '\xe9'\np = pubsub_v1.PublisherClient()\n",
    DIRECT + b"name = '\xff'\n",
    b"\0\1\2",
)
PATHS = (
    b"main.py",
    b"shops/orders.py",
    b"shops/deep/er/prices.py",
    b"jobs/two words\nand a line.py",
    b"jobs/\xc3\xbcber.py",
    b"jobs/\xff.py",
    b'jobs/"quoted".py',
    b"\x01:100644.py",
    b"tests/test_orders.py",
    b"shared_clients/__init__.py",
    b"vendored/old.py",
    b"readme.txt",
)


@dataclass(frozen=True)
class Deed:
    """What a commit does to one path: write a content, make it a submodule, a link or a folder, or remove it."""

    path: bytes
    content: bytes | None = None
    mode: bytes = b"100644"


@dataclass(frozen=True)
class Step:
    """A commit; with `aside` also one beside it, which it merges."""

    deeds: tuple[Deed, ...]
    renamed: tuple[bytes, bytes] | None = None
    aside: tuple[Deed, ...] = ()
    seconds: int = 86_400
    subject: bytes = b""


@dataclass
class Past:
    """Makes a repository of steps, with the real `git fast-import`, which is quick."""

    directory: Path
    stream: BytesIO = field(default_factory=BytesIO)
    marks: int = 0
    now: int = 1_700_000_000

    def commit(
        self,
        ref: bytes,
        parents: Sequence[int],
        deeds: Sequence[Deed],
        further: Sequence[bytes] = (),
        subject: bytes = b"",
    ) -> int:
        self.marks += 1
        lines = [b"commit %s" % ref, b"mark :%d" % self.marks, b"committer Some <s@example.com> %d +0000" % self.now]
        lines += [*_data(b"%s\n\nmore" % (subject or b"step %d" % self.marks))]
        lines += [b"%s :%d" % (word, parent) for word, parent in zip((b"from", b"merge"), parents, strict=False)]
        for deed in deeds:
            lines += _written(deed)
        self.stream.write(b"\n".join([*lines, *further, b"\n"]))
        return self.marks

    def step(self, number: int, step: Step) -> int:
        self.now += step.seconds
        parents = [number] if number else []
        if step.aside and number:
            parents.append(self.commit(b"refs/heads/aside", [number], step.aside))
        renames = [b"R %s %s" % tuple(map(_quoted, step.renamed))] if step.renamed else []
        return self.commit(b"refs/heads/main", parents, (*step.aside, *step.deeds), renames, step.subject)

    def made(self) -> Path:
        git(self.directory, "init", "--quiet", "--initial-branch=main")
        git(self.directory, "fast-import", "--quiet", given=self.stream.getvalue())
        (self.directory / "pyproject.toml").write_text(CONFIGURATION)
        return self.directory


def _quoted(path: bytes) -> bytes:
    return b'"' + b"".join(b"\\%03o" % code for code in path) + b'"'


def _data(content: bytes) -> tuple[bytes, bytes]:
    return b"data %d" % len(content), content


def _written(deed: Deed) -> list[bytes]:
    if deed.content is None:
        return [b"D %s" % _quoted(deed.path)]
    if deed.mode == b"160000":
        return [b"M 160000 %s %s" % (b"1" * 40, _quoted(deed.path))]
    return [b"M %s inline %s" % (deed.mode, _quoted(deed.path)), *_data(deed.content)]


def git(directory: Path, *arguments: str, given: bytes = b"") -> bytes:
    environment = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    done = subprocess.run(
        ["git", *arguments], cwd=directory, env=environment, input=given, check=True, capture_output=True
    )
    return done.stdout
