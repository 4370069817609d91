"""Write the generated parts of the README, or say with `--check` that they are stale."""

import difflib
import re
import sys
from pathlib import Path

from flake8_client_pool.rules import RULES

README = Path(__file__).parents[2] / "README.md"


def rules_table() -> str:
    rows = [
        f"| {rule.code} | {rule.name} | {rule.summary} | {'yes' if rule.default else 'no'} |"
        for rule in RULES
    ]
    return "\n".join(["| code | name | what is wrong | on by default |", "| --- | --- | --- | --- |", *rows])


def with_tables(text: str) -> str:
    replaced, count = re.subn(
        r"(<!-- rules: [^\n]* -->\n).*?(<!-- end -->)",
        lambda match: f"{match[1]}{rules_table()}\n{match[2]}",
        text,
        flags=re.DOTALL,
    )
    if count != 1:
        sys.exit(f"{README.name}: found {count} places for the rules table, expected one")
    return replaced


def main(*arguments: str) -> None:
    found = README.read_text(encoding="utf-8")
    expected = with_tables(found)
    if "--check" not in arguments:
        README.write_text(expected, encoding="utf-8")
    elif found != expected:
        lines = difflib.unified_diff(
            found.splitlines(), expected.splitlines(), "README.md", "rules", lineterm=""
        )
        sys.exit("\n".join(lines) + "\nmake tables writes the table anew")


if __name__ == "__main__":
    main(*sys.argv[1:])
