"""The rules, as the command line tells them."""

from collections.abc import Iterator
from textwrap import indent

from flake8_client_pool.policy.errors import ClientPoolError
from flake8_client_pool.policy.schema import nearest
from flake8_client_pool.rules import RULES
from flake8_client_pool.rules.rule import Example, Rule

_MARGIN = "    "


def listed() -> str:
    """List all rules, a line each."""
    return "".join(f"{rule.code}  {rule.summary}{_remark(rule)}\n" for rule in RULES)


def explained(code: str) -> str:
    """Explain the rule with `code`: what, why, examples and their fixes.

    Raises:
        ClientPoolError: no rule has that code; the text names the nearest.
    """
    rule = next((rule for rule in RULES if rule.code == code.upper()), None)
    if rule is None:
        raise ClientPoolError(f"{code}: no rule has this code; {nearest(code.upper(), [rule.code for rule in RULES])}")
    return "\n".join(_sections(rule)) + "\n"


def _sections(rule: Rule) -> Iterator[str]:
    yield f"{rule.code} {rule.name}{_remark(rule)}"
    yield ""
    yield rule.summary
    yield ""
    yield rule.explanation.strip()
    for example in rule.examples:
        yield from _example(example)


def _example(example: Example) -> Iterator[str]:
    yield ""
    yield "Found:" if example.findings else "Not found:"
    yield ""
    yield indent(example.source.rstrip(), _MARGIN)
    if example.findings:
        yield ""
        yield _MARGIN + "; ".join(f"{code} in line {line}, column {column}" for line, column, code in example.findings)
    if example.fixed is not None:
        yield ""
        yield "Fixed:"
        yield ""
        yield indent(example.fixed.rstrip(), _MARGIN)
    for name, text in example.created.items():
        yield from ("", f"Fixed by a new {name}:", "", indent(text.rstrip(), _MARGIN))


def _remark(rule: Rule) -> str:
    return "" if rule.default else " (off unless selected)"
