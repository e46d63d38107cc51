"""Looking at answers."""

import socket
from urllib.parse import urlsplit

import httpx


def assert_problem(response: httpx.Response, status: int, word: str, field: str | None = None) -> str:
    """The answer is a refusal in the one form. Gives its sentence."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/json"
    problem = response.json()
    assert set(problem) == {"error", "message", "field"}
    assert (problem["error"], problem["field"]) == (word, field)
    assert problem["message"] and "Traceback" not in problem["message"]
    return problem["message"]


def raw(url: str, request: bytes, longest_s: float = 10.0) -> bytes:
    """What a server says to these very bytes, until it hangs up: ask it to with `Connection: close`."""
    place = urlsplit(url)
    with socket.create_connection((place.hostname, place.port), longest_s) as connection:
        connection.sendall(request)
        answer = b""
        while block := connection.recv(65536):
            answer += block
    return answer
