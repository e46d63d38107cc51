"""HTTP that ends at a time, also where the other side sends a byte now and then and never comes to an end."""

from collections.abc import Callable, Iterator
from typing import cast

import httpx2


class DeadlineTransport(httpx2.BaseTransport):
    """`in_time` is asked before a request, and at each piece of an answer."""

    def __init__(self, inner: httpx2.BaseTransport, in_time: Callable[[], bool]) -> None:
        self._inner, self._in_time = inner, in_time

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        if not self._in_time():
            raise httpx2.ReadTimeout("the time is over", request=request)
        response = self._inner.handle_request(request)
        stream = cast("httpx2.SyncByteStream", response.stream)
        return httpx2.Response(
            response.status_code,
            headers=response.headers,
            stream=_Timed(stream, self._in_time, request),
            extensions=response.extensions,
            request=request,
        )

    def close(self) -> None:
        self._inner.close()


class _Timed(httpx2.SyncByteStream):
    def __init__(self, inner: httpx2.SyncByteStream, in_time: Callable[[], bool], request: httpx2.Request) -> None:
        self._inner, self._in_time, self._request = inner, in_time, request

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._inner:
            if not self._in_time():
                raise httpx2.ReadTimeout("the time is over", request=self._request)
            yield piece

    def close(self) -> None:
        self._inner.close()
