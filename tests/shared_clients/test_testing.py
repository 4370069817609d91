"""The pytest plugin, in pytest sessions of its own."""

import textwrap

import pytest

pytest_plugins = ["pytester"]

HEADER = """
    from unittest import mock
    import pytest
    from google.auth.credentials import AnonymousCredentials
    from google.cloud import bigquery
    from shared_clients import configure, get_bigquery_client, get_storage_client, pool_stats
    from shared_clients.settings import current
    """


def outcomes(pytester: pytest.Pytester, tests: str, *arguments: str) -> dict[str, int]:
    pytester.makepyfile(textwrap.dedent(HEADER) + textwrap.dedent(tests))
    return pytester.runpytest_subprocess(*arguments).parseoutcomes()


def test_one_tests_mock_never_reaches_the_next(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    tests = """
    def test_mocked():
        with mock.patch("google.cloud.bigquery.Client"):
            assert isinstance(get_bigquery_client("p"), mock.Mock)

    def test_real():
        client = get_bigquery_client("p", credentials=AnonymousCredentials())
        assert type(get_bigquery_client).__name__ == "function"
        assert isinstance(client, bigquery.Client)
        with pytest.raises(Exception, match="none.json"):
            get_bigquery_client("p")

    class TestUnittest(__import__("unittest").TestCase):
        def test_mocked(self):
            with mock.patch("google.cloud.bigquery.Client") as patched:
                assert get_bigquery_client("p") is patched.return_value

        def test_mocked_again(self):
            with mock.patch("google.cloud.bigquery.Client") as patched:
                assert get_bigquery_client("p") is patched.return_value
    """
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(pytester.path / "none.json"))
    assert outcomes(pytester, tests) == {"passed": 4}


def test_what_was_fetched_at_import_does_not_reach_the_first_test(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(own_pools="clients = ['fetched']\ndef close_all():\n    clients.clear()\n")
    pytester.makeini("[pytest]\npythonpath = .\nshared_clients_reset = own_pools:close_all\n")
    tests = """
    import own_pools
    FETCHED = get_bigquery_client("p", credentials=AnonymousCredentials())

    def test_first():
        with mock.patch("google.cloud.bigquery.Client") as patched:
            client = get_bigquery_client("p", credentials=FETCHED._credentials)
            assert client is patched.return_value
        assert own_pools.clients == []
    """
    assert outcomes(pytester, tests) == {"passed": 1}


def test_settings_that_a_test_changes_are_put_back(pytester: pytest.Pytester) -> None:
    tests = """
    def test_changes(monkeypatch):
        monkeypatch.setenv("SHARED_CLIENTS_MAX_CLIENTS", "7")
        configure(pooling="off")
        assert current().pooling == 0 and current().max_clients == 7

    def test_finds_the_default():
        assert current().pooling == 100 and current().max_clients is None
    """
    assert outcomes(pytester, tests) == {"passed": 2}


def test_pools_of_the_repository_are_emptied_by_the_function_that_it_names(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(own_pools="clients = []\ndef close_all():\n    clients.clear()\n")
    pytester.makeini("[pytest]\npythonpath = .\nshared_clients_reset = own_pools:close_all\n")
    tests = """
    import own_pools

    @pytest.mark.parametrize("number", [1, 2])
    def test_starts_empty(number):
        assert own_pools.clients == []
        own_pools.clients.append(number)
    """
    assert outcomes(pytester, tests) == {"passed": 2}


@pytest.mark.parametrize("name", ["nowhere:close_all", "sys:maxsize"])
def test_a_wrong_name_is_said_before_any_test_runs(pytester: pytest.Pytester, name: str) -> None:
    pytester.makeini(f"[pytest]\nshared_clients_reset = {name}\n")
    pytester.makepyfile("def test_nothing(): pass")
    result = pytester.runpytest_subprocess()
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"*shared_clients_reset: '{name}' names no function*"])


def test_a_failing_reset_is_an_error_of_the_test(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(own_pools="def close_all():\n    raise OSError('stuck')\n")
    pytester.makeini("[pytest]\npythonpath = .\nshared_clients_reset = own_pools:close_all\n")
    assert outcomes(pytester, "def test_something(): pass") == {"errors": 2}  # before it and after it


def test_override_client_reaches_a_getter_that_was_imported_before(pytester: pytest.Pytester) -> None:
    tests = """
    from shared_clients.testing import override_client as overriding

    def test_fixture(override_client):
        fake = object()
        override_client(get_bigquery_client, fake)
        assert get_bigquery_client("p") is get_bigquery_client(location="EU") is fake

    def test_is_over():
        with mock.patch("google.cloud.bigquery.Client") as patched:
            assert get_bigquery_client("p") is patched.return_value
            fake = object()
            with overriding(get_bigquery_client, fake):
                assert get_bigquery_client("p") is fake
            assert get_bigquery_client("p") is patched.return_value

    def test_only_getters():
        with pytest.raises(TypeError, match="no getter"), overriding(print, 1):
            pass
    """
    assert outcomes(pytester, tests) == {"passed": 3}


def test_no_real_clients_fails_a_test_that_would_build_one(pytester: pytest.Pytester) -> None:
    tests = """
    import threading
    pytestmark = pytest.mark.usefixtures("no_real_clients")

    def test_mocks_are_fine():
        with mock.patch("google.cloud.bigquery.Client"):
            get_bigquery_client("p")

    def test_fails():
        get_bigquery_client("p", credentials=AnonymousCredentials())

    def test_fails_though_the_error_is_swallowed():
        try:
            get_storage_client("p", credentials=AnonymousCredentials())
        except BaseException:
            pass

    def test_fails_unpooled_too():
        configure(pooling="off")
        get_bigquery_client("p", credentials=AnonymousCredentials())
    """
    result = outcomes(pytester, tests)
    # The failure is said in the test, and again when the fixture ends.
    assert result == {"passed": 2, "failed": 2, "errors": 3}


def test_no_real_clients_fails_before_credentials_are_looked_for(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytester.makepyfile("""
    import pytest
    from shared_clients import get_bigquery_client

    @pytest.mark.usefixtures("no_real_clients")
    def test_swallows_everything():
        try:
            get_bigquery_client()
        except Exception:
            pass
    """)
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(pytester.path / "none.json"))
    result = pytester.runpytest_subprocess()
    assert result.parseoutcomes() == {"failed": 1, "errors": 1}
    result.stdout.fnmatch_lines(["*credentials would have been looked up*no_real_clients forbids it*"])
    result.stdout.no_fnmatch_line("*none.json*")


def test_instant_retries_do_not_wait(pytester: pytest.Pytester) -> None:
    tests = """
    from google.api_core.exceptions import BadRequest
    from shared_clients.retry import SERIALIZATION_RETRY

    @pytest.mark.usefixtures("instant_retries")
    def test_retry(monkeypatch):
        monkeypatch.setattr("time.sleep", lambda seconds: seconds and pytest.fail("slept"))
        message = "Could not serialize access to table x"
        conflict = BadRequest(message, errors=[{"reason": "invalidQuery", "message": message}])
        attempts = mock.Mock(side_effect=[conflict, "rows"])
        assert SERIALIZATION_RETRY(lambda: attempts())() == "rows"
    """
    assert outcomes(pytester, tests) == {"passed": 1}


def test_the_plugin_is_on_by_installing(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_nothing(no_real_clients): pass")
    result = pytester.runpytest_subprocess("--trace-config")
    result.stdout.fnmatch_lines(["*shared_clients.testing*"])
    assert result.ret == pytest.ExitCode.OK
