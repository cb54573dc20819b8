"""`python -m bot.healthcheck [health|ready]`: ask the running bot how it is; exit status 0 where it is well.

For a container's HEALTHCHECK, every few seconds: it imports next to nothing and reads the environment only.
"""

import os
import sys

HOST = "127.0.0.1"
PORT = 9180
TIMEOUT = 4.0  # seconds


def ask(path: str) -> int:
    """Print what the bot answers at `path`, in one line, and return the exit status."""
    from http.client import HTTPConnection, HTTPException

    host = os.environ.get("INTERVIEW_HEALTH_HOST") or HOST
    port = os.environ.get("INTERVIEW_HEALTH_PORT") or str(PORT)
    if port == "0":
        print("INTERVIEW_HEALTH_PORT is 0: there is nothing to ask")
        return 0
    # A server on all addresses is asked on the nearest one.
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    try:
        connection = HTTPConnection(host, int(port), timeout=TIMEOUT)
        connection.request("GET", f"/{path}")
        answer = connection.getresponse()
        print(answer.status, answer.read(1000).decode("utf-8", "replace"))
    except (OSError, HTTPException, ValueError) as error:
        print(f"{host}:{port} does not answer: {type(error).__name__}")
        return 1
    return 0 if answer.status == 200 else 1


if __name__ == "__main__":
    sys.exit(ask(sys.argv[1] if len(sys.argv) > 1 else "health"))
