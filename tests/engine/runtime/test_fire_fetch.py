"""Services of fire weather over real sockets."""

import base64
from collections.abc import Iterator, Sequence
from datetime import date

import pytest

from engine.fire.fetching import Login, Reply
from engine.fire.service import RiskService, Score
from engine.fire.weather_service import WeatherService
from engine.model.errors import EnvironmentFault
from engine.model.fire.fire import ClassBounds, FireClass
from engine.runtime.fire.fire_fetch import HttpFetch
from tests.fakes.risk_service import LOGIN, PASSWORD, FakeRiskService, Fault, risk_service, row

DAY = date(2026, 7, 14)
GOOD = Login(LOGIN, PASSWORD)


@pytest.fixture
def there() -> Iterator[FakeRiskService]:
    with risk_service() as fake:
        yield fake


def service(fake: FakeRiskService, login: Login = GOOD) -> RiskService:
    return RiskService(HttpFetch(0.3), fake.url, login, 2, ClassBounds())


def test_scores_over_http_with_the_login(there: FakeRiskService) -> None:
    there.scores[DAY] = [row(1, DAY, 7.5, "low")]
    assert service(there).scores(DAY).scores == (Score("1", 7.5, FireClass.LOW),)
    call = there.calls[0]
    assert (call.path, call.query) == ("/scores/2026-07-14", {"organization_id": "2"})
    assert base64.b64decode(call.authorization.removeprefix("Basic ")).decode() == f"{LOGIN}:{PASSWORD}"


def test_a_wrong_password_is_refused_and_not_told(there: FakeRiskService) -> None:
    with pytest.raises(EnvironmentFault, match="rejects the login") as refused:
        service(there, Login(LOGIN, "wrong-one")).scores(DAY)
    assert refused.value.reason == "refused"
    assert "wrong-one" not in str(refused.value)


def test_p4_a_service_that_hangs_is_given_up(there: FakeRiskService) -> None:
    there.always = Fault(hang=True)
    with pytest.raises(EnvironmentFault, match=r"127\.0\.0\.1 did not answer within 0\.3 s") as failed:
        service(there).scores(DAY)
    assert failed.value.reason == "timeout"


def test_p4_a_service_that_is_not_there(there: FakeRiskService) -> None:
    gone = RiskService(HttpFetch(), "http://127.0.0.1:1", GOOD, 2, ClassBounds())
    with pytest.raises(EnvironmentFault) as failed:
        gone.scores(DAY)
    assert failed.value.reason == "unreachable"


@pytest.mark.parametrize("url", ["", "risk", "http://", "ftp://127.0.0.1/", "http://[::1", "http://127.0.0.1:99999"])
def test_an_address_that_is_none_is_a_failure_in_words(url: str) -> None:
    with pytest.raises(EnvironmentFault):
        HttpFetch()(url, {}, None)


def resolved(*addresses: str) -> HttpFetch:
    async def resolver(host: str, port: int) -> Sequence[str]:
        return addresses

    return HttpFetch(0.3, resolver)


def test_a_public_name_that_leads_inside_is_not_called(there: FakeRiskService) -> None:
    port = there.url.rpartition(":")[2]
    with pytest.raises(EnvironmentFault) as failed:
        resolved("127.0.0.1")(f"http://risk.example.org:{port}", {}, GOOD)
    assert failed.value.reason == "address_refused"
    assert there.calls == []


def test_a_password_is_not_sent_over_the_internet_in_the_clear() -> None:
    with pytest.raises(EnvironmentFault, match="without encryption") as failed:
        resolved("8.8.8.8")("http://risk.example.org", {}, GOOD)
    assert failed.value.reason == "address_refused"


def test_a_redirect_is_not_followed(there: FakeRiskService) -> None:
    there.always = Fault(status=302)
    assert HttpFetch()(there.url, {}, None) == Reply(302, b'{"detail": "no"}')


def test_a_flood_is_not_read_to_its_end(there: FakeRiskService) -> None:
    there.always = Fault(body=b" " * (5 << 20))
    with pytest.raises(EnvironmentFault, match="more than 4 MiB"):
        HttpFetch()(there.url, {}, None)


def test_weather_over_http(there: FakeRiskService) -> None:
    noon = WeatherService(HttpFetch(), there.weather_url).noons(46.0, 5.0, DAY, DAY)[0]
    assert (noon.temperature, noon.humidity, noon.wind, noon.rain) == (25.0, 35.0, 15.0, 0.0)
    assert there.of("/v1/forecast")[0].authorization == ""
