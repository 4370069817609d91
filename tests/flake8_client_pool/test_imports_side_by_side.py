"""An import is seen whatever stands in the line before it."""

import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

POOL = "from google.cloud import firestore\n\n\nclass Store(firestore.Client):\n    pass\n"


@pytest.mark.parametrize(
    "imports",
    [
        "import stores",
        "import os\nimport stores",
        "import os, stores",
        "import os; import stores",
        "from elsewhere import name\nimport stores",
        "from elsewhere import (name)\nimport stores",
        "from elsewhere import name  # a remark\nimport stores",
        "from elsewhere import größe\nimport stores",
        "try:\n    import os\n    import stores\nexcept ImportError:\n    pass",
    ],
)
def test_a_class_of_another_module_is_built(tree: Callable[[Mapping[str, str]], Path], imports: str) -> None:
    folder = tree({"stores.py": POOL, "service.py": f"{imports}\n\n\ndef run():\n    return stores.Store()\n"})
    command = (sys.executable, "-m", "flake8_client_pool", "check", "--isolated", "--no-cache", "--quiet")
    found = subprocess.run([*command, "."], cwd=folder, capture_output=True, text=True, check=False).stdout
    assert "CPL102 stores.Store() builds" in found
