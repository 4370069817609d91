"""Several checkouts side by side: a row each and a total."""

import json
import re
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from flake8_client_pool.policy.errors import ClientPoolError
from flake8_client_pool.scan.checkouts import checkouts_in

WriteTree = Callable[[Mapping[str, str]], Path]

DIRECT = "from google.cloud import storage\n\nclient = storage.Client()\n"
CHECKOUTS = {
    "lists/checkouts.txt": "# what is deployed\n../shop\n\n../bank/\n../shop\n",
    "shop/setup.cfg": "[client-pool]\npool-module = shop.pools\n",
    "shop/orders.py": "from shop.pools import get_storage_client\n\nclient = get_storage_client()\n",
    "bank/accounts.py": DIRECT,
    "bank/ledger.py": DIRECT,
    "bank/tests/test_ledger.py": DIRECT,
}


def test_each_checkout_is_counted_under_its_own_configuration(
    tree: WriteTree, client_pool: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    tree(CHECKOUTS)
    done = client_pool("report", "--repos", "lists/checkouts.txt", "--format", "json")
    found = json.loads(done.stdout)
    assert (done.returncode, done.stderr) == (0, "")
    assert [(row["name"], row["pool_calls"], row["direct"]) for row in found["repositories"]] == [
        ("shop", 1, 0),
        ("bank", 0, 2),
    ]
    assert (found["total"]["files"], found["total"]["adoption"]) == (3, 33.3)
    markdown = client_pool("report", "--repos", "lists/checkouts.txt", "--format", "markdown").stdout.splitlines()
    assert "| all | 3 | 1 | 2 | 33.3 % |" in markdown
    refused = client_pool("report", "--repos", "lists/checkouts.txt", "--format", "html")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "--repos and --dask are for figures of today" in refused.stderr


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("# none\n", "lists no checkouts"),
        ("../shop\n../shop/deep\n", r"\S*deep lies in \S*shop"),
        (None, "cannot be read"),
    ],
)
def test_a_list_that_cannot_be_followed(content: str | None, complaint: str, tree: WriteTree) -> None:
    files = {"shop/setup.cfg": "", "lists/other.txt": ""}
    folder = tree(files if content is None else {**files, "lists/checkouts.txt": content})
    with pytest.raises(ClientPoolError, match=f"checkouts.txt: {complaint}"):
        checkouts_in(str(folder / "lists" / "checkouts.txt"))


def test_a_checkout_counts_once_by_whatever_name(tree: WriteTree) -> None:
    folder = tree({"shop/a.py": "", "lists/checkouts.txt": "\ufeff../shop\n../link\n"})
    (folder / "link").symlink_to("shop")
    assert checkouts_in(str(folder / "lists" / "checkouts.txt")) == (str(folder / "shop"),)


def test_a_broken_checkout_costs_no_other_row(
    tree: WriteTree, client_pool: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    broken = {
        "lists/checkouts.txt": "../odd\n../gone\n../shop\n../bank\n",
        "odd/setup.cfg": "[client-pool]\nphase = x\n",
    }
    tree(CHECKOUTS | broken)
    done = client_pool("report", "--repos", "lists/checkouts.txt", "--format", "markdown")
    assert done.returncode == 2
    assert [line.split(" | ")[0] for line in done.stdout.splitlines()[2:7]] == [
        "| shop",
        "| bank",
        "| odd (not counted)",
        "| gone (not counted)",
        "| all",
    ]
    assert re.search(r"client-pool: odd: not counted: \S*odd/setup.cfg", done.stderr)
    assert "client-pool: gone: not counted: gone: is no directory" in done.stderr
    found = json.loads(client_pool("report", "--repos", "lists/checkouts.txt", "--format", "json").stdout)
    assert [problem["name"] for problem in found["problems"]] == ["odd", "gone"]
    assert found["total"]["direct"] == 2
