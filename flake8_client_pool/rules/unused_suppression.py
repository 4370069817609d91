"""A comment suppresses a finding that is not there."""

from flake8_client_pool.rules.rule import Example, Rule

RULE = Rule(
    code="CPL901",
    name="unused-suppression",
    summary="a `noqa` comment names a code that is not found on its line",
    explanation=(
        "The comment hides nothing today and would hide a new client tomorrow. Remove the code from it. Only comments\n"
        "that name a code of this linter are looked at, and only codes that are selected; a bare `# noqa` may serve\n"
        "another tool."
    ),
    examples=(
        Example(
            source=(
                "from google.cloud import storage\n\nclient = storage.Client()  # noqa: CPL103\n"
                "bucket = client.bucket('logs')  # noqa: CPL103\n"
            ),
            findings=((4, 41, "CPL901"),),
        ),
    ),
)
