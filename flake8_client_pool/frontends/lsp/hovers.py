"""What an editor shows where the pointer rests on a finding."""

from flake8_client_pool.frontends.lsp.diagnostics import remark
from flake8_client_pool.policy.verdict import Judged
from flake8_client_pool.rules import RULES
from flake8_client_pool.rules.getter_definitions import Getter
from flake8_client_pool.rules.pages import rule_page

_RULES = {rule.code: rule for rule in RULES}


def explanation(judged: Judged, getter: Getter | None) -> str:
    """Explain a finding in Markdown: its rule, the getter to ask instead, and what it counts for."""
    code = judged.finding.code
    rule = _RULES[code]
    parts = [f"**[{code}]({rule_page(code)})** {rule.summary}"]
    if getter:
        parts.append(f"```python\nfrom {getter.module} import {getter.name}\n\n{getter.name}{getter.signature}\n```")
    parts.append(rule.explanation.strip())
    if why := remark(judged):
        parts.append(f"*{why}*")
    return "\n\n".join(parts)
