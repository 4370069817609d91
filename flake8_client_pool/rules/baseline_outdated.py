"""The baseline lists what is gone, so that it could come back unseen."""

from flake8_client_pool.rules.rule import Rule

RULE = Rule(
    code="CPL904",
    name="baseline-outdated",
    summary="the baseline lists findings that are gone, or a file under a path that it no longer has",
    explanation=(
        "As long as a fixed finding stands in `.client-pool-baseline.json`, it may come back without an error. Run\n"
        "`client-pool baseline --update`, which only ever removes entries, and commit the file. This is reported in\n"
        "CI alone (`--ci`, or `CI=true` in the environment); elsewhere `client-pool check` says it in a remark. No\n"
        "comment suppresses this rule."
    ),
    examples=(),
)
