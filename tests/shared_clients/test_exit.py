"""What is delivered and closed when a process ends, on every interpreter that was found."""

import re
import time
import uuid
from collections.abc import Iterator

import pytest
from google.api_core.exceptions import DeadlineExceeded

from shared_clients import close_all_clients, get_pubsub_publisher, get_pubsub_subscriber
from tests.shared_clients.helpers import run_python
from tests.shared_clients.interpreters import Interpreter, interpreters
from tests.shared_clients.servers.emulators import Emulator
from tests.shared_clients.servers.report import note

pytestmark = pytest.mark.timeout(300)
MESSAGES = 10

# Nothing leaves such a publisher by itself in the time that a test takes.
PUBLISH = """
import sys
from google.cloud.pubsub_v1.types import BatchSettings, PublisherOptions
from shared_clients import close_all_clients, configure, get_pubsub_publisher, get_pubsub_subscriber

def publish(topic, ordered=False, before=lambda: None):
    publisher = get_pubsub_publisher(
        batch_settings=BatchSettings(max_latency=600, max_messages=3),
        publisher_options=PublisherOptions(enable_message_ordering=ordered),
    )
    before()
    for number in range(10):
        publisher.publish(topic, str(number).encode(), **({"ordering_key": "key"} if ordered else {}))

topic = "TOPIC"
"""

LEAVE_A_THREAD = """
import threading, time
threading.Thread(target=lambda: (time.sleep(0.5), publish(topic))).start()
"""

BE_A_CHILD = """
import multiprocessing
child = multiprocessing.get_context("fork").Process(target=publish, args=(topic,))
child.start()
child.join(30)
sys.exit(child.exitcode)
"""

# How a process ends, and the exit code that it then has.
ENDINGS = {
    "falls off its end": ("publish(topic)", 0),
    "exits": ("publish(topic); sys.exit(3)", 3),
    "raises": ("publish(topic); raise ValueError('bug')", 1),
    "orders its messages": ("publish(topic, ordered=True)", 0),
    "closes itself": ("publish(topic); close_all_clients()", 0),
    "leaves a thread behind": (LEAVE_A_THREAD, 0),
    "publishes while it exits": ("import atexit\natexit.register(publish, topic)", 0),
    "is a child of multiprocessing": (BE_A_CHILD, 0),
    "has no hook before atexit": ("publish(topic)", 0),
    "has changed settings": ("publish(topic, before=lambda: configure(http_retries=1))", 0),
    "has dropped the publisher": ("configure(max_clients=1); publish(topic, before=get_pubsub_publisher)", 0),
}


@pytest.fixture(params=interpreters(), ids=lambda interpreter: interpreter.version)
def python(request: pytest.FixtureRequest, pytestconfig: pytest.Config) -> str:
    interpreter: Interpreter = request.param
    reason = interpreter.prepare()
    if reason is not None:
        pytest.skip(f"Python {interpreter.version} cannot be given the libraries: {reason}")
    note(pytestconfig, "exit on", Emulator(interpreter.executable, f"Python {interpreter.version}"))
    return interpreter.executable


@pytest.fixture
def topic(pubsub_emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    pubsub_emulator.use(monkeypatch)
    name = uuid.uuid4().hex
    path = get_pubsub_publisher().create_topic(name=f"projects/p/topics/t-{name}").name
    get_pubsub_subscriber().create_subscription(name=subscription_of(path), topic=path)
    yield path
    close_all_clients()


def subscription_of(topic: str) -> str:
    return topic.replace("/topics/", "/subscriptions/")


def delivered(topic: str) -> list[str]:
    """Return what arrived, in order, waiting for as long as something may still come."""
    messages: list[str] = []
    deadline = time.monotonic() + 10
    while len(messages) < MESSAGES and time.monotonic() < deadline:
        request = {"subscription": subscription_of(topic), "max_messages": MESSAGES}
        try:
            pulled = get_pubsub_subscriber().pull(request=request, timeout=2, retry=None).received_messages
        except DeadlineExceeded:
            continue
        messages += [received.message.data.decode() for received in pulled]
    return messages


@pytest.mark.parametrize("ending", ENDINGS)
def test_ten_messages_published_just_before_a_process_ends_arrive(
    ending: str, python: str, topic: str
) -> None:
    statements, code = ENDINGS[ending]
    before = "import threading; del threading._register_atexit\n" if "no hook" in ending else ""
    program = before + PUBLISH.replace("TOPIC", topic) + statements
    if "hook" in ending:
        # concurrent.futures, which the libraries import, wants the hook that is taken away from the pools.
        program = "import concurrent.futures.thread\n" + program
    finished = run_python(program, executable=python)
    assert finished.returncode == code, finished.stderr
    expected = [str(number) for number in range(MESSAGES)]
    assert sorted(delivered(topic)) == expected, finished.stderr
    assert ("ValueError: bug" in finished.stderr) == (ending == "raises")
    assert "shared_clients" not in finished.stderr


def test_streaming_pulls_end_with_the_process(python: str, topic: str) -> None:
    pull = f"""
import threading
got = threading.Event()
subscription = {subscription_of(topic)!r}
future = get_pubsub_subscriber().subscribe(subscription, lambda message: (message.ack(), got.set()))
publish(topic)
get_pubsub_publisher().publish(topic, b"wake up").result(timeout=20)
assert got.wait(20)
print("pulled by", sys.version.split()[0])
"""
    finished = run_python(PUBLISH.replace("TOPIC", topic) + pull, executable=python)
    assert finished.returncode == 0, finished.stderr
    assert finished.stdout.startswith("pulled by ")
    # These two start no thread once the main thread has ended, not even the library's own for its clean end.
    assert finished.stderr == "" or finished.stdout.split()[-1] in {"3.12.0", "3.12.1"}


def test_clients_hear_of_the_end_while_executors_still_work_whichever_pool_came_first() -> None:
    """What pulls deliver until they are cancelled goes through an executor of the library's."""
    program = """
    import dataclasses
    from shared_clients import get_http_session, http_pool
    get_http_session()
    from concurrent.futures import ThreadPoolExecutor
    submit = lambda _: print(ThreadPoolExecutor(1).submit(int, "7").result())
    http_pool.POOL.hooks = dataclasses.replace(http_pool.POOL.hooks, main_ends=submit)
    """
    finished = run_python(program)
    assert (finished.returncode, finished.stdout, finished.stderr) == (0, "7\n", "")


def test_closing_waits_no_longer_than_it_may(python: str) -> None:
    nobody_listens = {"PUBSUB_EMULATOR_HOST": "127.0.0.1:1", "SHARED_CLIENTS_CLOSE_TIMEOUT": "0.5"}
    program = PUBLISH.replace("TOPIC", "projects/p/topics/t") + "publish(topic)"
    # The library alone would try for a minute and more, and the program would be stopped.
    finished = run_python(program, nobody_listens, executable=python, timeout=50)
    assert finished.returncode == 0
    assert re.search("a shared pubsub_publisher client (had not finished|failed to finish)", finished.stderr)


def test_a_process_that_used_no_pool_exits_without_a_word() -> None:
    finished = run_python("import shared_clients.pubsub_pool", {"SHARED_CLIENTS_POOLING": "perhaps"})
    assert (finished.returncode, finished.stderr) == (0, "")
