"""The client's patience, against a server that is not there at first, or too busy."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest
from fingraph_client import AuthenticatedClient
from fingraph_retries import Retries

Answer = tuple[int, dict[str, str]] | None
"""Status and headers; None: the connection is dropped."""


class Busy:
    """A server that gives some answers in turn, and keeps what it was sent."""

    def __init__(self, answers: list[Answer]) -> None:
        self.answers, self.bodies = answers, []

    @contextmanager
    def served(self) -> Iterator[str]:
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                outer.bodies.append(self.rfile.read(int(self.headers["content-length"])))
                answer = outer.answers.pop(0)
                if answer is None:
                    self.connection.close()
                    return
                body = json.dumps({"n": len(outer.bodies)}).encode()
                self.send_response(answer[0])
                for name, value in {**answer[1], "content-length": str(len(body))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            try:
                yield f"http://127.0.0.1:{server.server_port}"
            finally:
                server.shutdown()


def sent(answers: list[Answer], times: int = 6) -> tuple[httpx.Response, Busy]:
    busy = Busy(answers)
    with busy.served() as url:
        args = {"transport": Retries(times=times, first_s=0.01)}
        with AuthenticatedClient(base_url=url, token="k", httpx_args=args) as client:
            return client.get_httpx_client().post("/v1/score", json={"id": "A-1"}), busy


def test_it_is_sent_until_it_is_answered_with_the_same_words_each_time() -> None:
    reply, busy = sent([None, (503, {}), (429, {"retry-after": "0"}), (200, {})])
    assert (reply.status_code, reply.json()) == (200, {"n": 4})
    assert len(set(busy.bodies)) == 1


@pytest.mark.parametrize("status", [400, 401, 409, 422, 500])
def test_what_will_not_change_is_not_sent_again(status: int) -> None:
    reply, busy = sent([(status, {}), (200, {})])
    assert reply.status_code == status
    assert len(busy.bodies) == 1


def test_the_last_answer_is_told_and_the_last_error_raised() -> None:
    reply, busy = sent([(503, {}), (503, {})], times=2)
    assert reply.status_code == 503
    assert len(busy.bodies) == 2
    with pytest.raises(httpx.TransportError):
        sent([None, None], times=2)
