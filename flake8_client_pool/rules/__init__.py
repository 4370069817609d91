"""The rules, one a file, named after the fault."""

from flake8_client_pool.rules import (
    baseline_outdated,
    client_built_directly,
    client_built_over_base,
    client_class_handed_on,
    constructor_patched,
    pools_not_emptied,
    source_not_parsed,
    suppression_forbidden,
    suppression_without_reason,
    unused_suppression,
)
from flake8_client_pool.rules.rule import Example, Rule

RULES: tuple[Rule, ...] = (
    *client_built_directly.RULES,
    client_class_handed_on.RULE,
    client_built_over_base.RULE,
    constructor_patched.RULE,
    pools_not_emptied.RULE,
    source_not_parsed.RULE,
    unused_suppression.RULE,
    suppression_without_reason.RULE,
    suppression_forbidden.RULE,
    baseline_outdated.RULE,
)

__all__ = ["RULES", "Example", "Rule"]
