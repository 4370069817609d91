"""A comment suppresses a finding and does not say why, where the configuration demands a reason."""

from flake8_client_pool.rules.rule import Example, Rule

_DEMAND = '[tool.client-pool]\nsuppression-reason = "required"\n'

RULE = Rule(
    code="CPL902",
    name="suppression-without-reason",
    summary="a finding is suppressed without a reason, where the configuration demands one",
    explanation=(
        "With `suppression-reason = required` a `noqa` comment has to say behind the code why the client must be\n"
        "built there. Whoever reads the place later can then tell whether that still holds. A directive for another\n"
        "tool, such as `# type: ignore`, is no reason. No comment suppresses this rule itself."
    ),
    examples=(
        Example(
            source="from google.cloud import storage\n\nclient = storage.Client()  # noqa: CPL103\n",
            findings=((3, 28, "CPL902"),),
            files={"pyproject.toml": _DEMAND},
        ),
        Example(
            source=(
                "from google.cloud import storage\n\n"
                "client = storage.Client()  # noqa: CPL103 - the emulator is given by an anonymous client\n"
            ),
            files={"pyproject.toml": _DEMAND},
        ),
    ),
)
