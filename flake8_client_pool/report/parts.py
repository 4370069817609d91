"""Which part of a repository a file belongs to: the code, the tests, or the pool."""

from flake8_client_pool.policy.patterns import PathPatterns
from flake8_client_pool.policy.settings import Settings
from flake8_client_pool.report.figures import Part

# What pytest and unittest look for by default.
_TESTS = ("test", "tests", "conftest.py", "test_*.py", "*_test.py")


class Parts:
    """Tells the parts of all files under one configuration apart; no file has to exist."""

    def __init__(self, settings: Settings) -> None:
        """Prepare for files below the root of `settings`."""
        self._pool = PathPatterns(settings.pool_paths, settings.root)
        self._tests = PathPatterns(_TESTS, settings.root)

    def of(self, location: str) -> Part:
        """Tell which part the file at an absolute path belongs to."""
        if self._pool.fit(location):
            return Part.POOL
        return Part.TESTS if self._tests.fit(location) else Part.CODE
