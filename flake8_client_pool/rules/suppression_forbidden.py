"""A comment suppresses a finding where the gate allows no exception."""

from flake8_client_pool.rules.rule import Example, Rule

_PHASES = (
    '[tool.client-pool]\nsuppression-in-reached-phases = "forbidden"\nphase = {phase}\n\n'
    '[[tool.client-pool.phases]]\nname = "all"\npaths = ["*"]\n'
)

RULE = Rule(
    code="CPL903",
    name="suppression-forbidden",
    summary="a finding is suppressed in a reached phase, where the configuration forbids that",
    explanation=(
        "With `suppression-in-reached-phases = forbidden` the gate cannot be passed by a comment: what it has reached\n"
        "takes its clients from the pool, without exception. In phases that are still to come a comment counts as\n"
        "before. No comment suppresses this rule itself."
    ),
    examples=(
        Example(
            source="from google.cloud import storage\n\nclient = storage.Client()  # noqa: CPL103 - not yet\n",
            findings=((3, 28, "CPL903"),),
            files={"pyproject.toml": _PHASES.format(phase=1)},
        ),
        Example(
            source="from google.cloud import storage\n\nclient = storage.Client()  # noqa: CPL103 - not yet\n",
            files={"pyproject.toml": _PHASES.format(phase=0)},
        ),
    ),
)
