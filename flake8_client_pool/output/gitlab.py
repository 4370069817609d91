"""Results as GitLab's code quality report: https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format."""

import json

from flake8_client_pool.output.published import Report
from flake8_client_pool.policy.verdict import Status


def to_gitlab(report: Report) -> str:
    """Write the findings to show, in ASCII and with a line break at the end."""
    issues = [
        {
            "description": f"{result.finding.code}: {result.finding.message}",
            "check_name": result.finding.code,
            "fingerprint": fingerprint,
            "severity": "major" if result.status == Status.ERROR else "info",
            "location": {
                "path": path,
                "lines": {"begin": result.finding.span.line, "end": result.finding.span.end_line},
            },
        }
        for result, path, fingerprint in report.published()
    ]
    return json.dumps(issues, indent=1) + "\n"
