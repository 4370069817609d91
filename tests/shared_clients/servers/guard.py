"""Run a command until standard input closes: `python guard.py COMMAND ...`.

Whoever starts a server for tests holds the other end of the pipe. When that process ends, however it
ends, the pipe closes and the server goes with it, so an interrupted run leaves nothing behind.
"""

import os
import subprocess
import sys
import threading

PATIENCE_SECONDS = 5


def stop(server: subprocess.Popen[bytes]) -> None:
    server.terminate()
    try:
        server.wait(PATIENCE_SECONDS)
    except subprocess.TimeoutExpired:
        server.kill()


def stop_when_input_closes(server: subprocess.Popen[bytes]) -> None:
    os.read(0, 1)  # sys.stdin would hold a lock that the interpreter needs to end
    stop(server)


def main(command: list[str]) -> int:
    server = subprocess.Popen(command, stdin=subprocess.DEVNULL)
    threading.Thread(target=stop_when_input_closes, args=(server,), daemon=True).start()
    return server.wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
