"""Where on the web the rules are explained."""

SITE = "https://flake8-client-pool.readthedocs.io/"


def rule_page(code: str) -> str:
    """Return the address of the page about the rule with `code`, for links in editors and reports."""
    return f"{SITE}rules/{code}/"
