"""The database server is reached by TLS, and has to prove its name, where its address says so."""

import shutil
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import make_url, text

from engine.model.errors import EnvironmentFault, InputError
from engine.store.database.postgres import postgres_engine
from engine.store.database.postgres_faults import postgres_faults
from engine.store.database.postgres_tls import without_tls_parameters
from engine.store.shared.record import SharedRecord
from tests.fakes.certificates import write_certificate
from tests.fakes.postgres import new_database, postgres_or_skip
from tests.fakes.waiting import until


@pytest.fixture(scope="module")
def plain() -> Iterator[str]:
    """One that speaks without TLS."""
    with postgres_or_skip() as url:
        yield url


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_certificate(tmp_path_factory.mktemp("pair") / "pair.pem", "localhost")


@pytest.fixture(scope="module")
def server(certificate: Path) -> Iterator[str]:
    """One with TLS, whose certificate is for `localhost` and of no authority that this machine trusts."""
    with postgres_or_skip() as url:
        folder = Path(asked(url, "SHOW data_directory"))
        own = folder / "server.pem"
        shutil.copy(certificate, own)
        shutil.chown(own, folder.owner(), folder.group())
        own.chmod(0o600)
        for name, value in (("ssl_cert_file", own), ("ssl_key_file", own), ("ssl", "on")):
            asked(url, f"ALTER SYSTEM SET {name} = '{value}'")
        asked(url, "SELECT pg_reload_conf()")
        until(lambda: asked(url, "SHOW ssl") == "on", "it speaks TLS")
        yield url.replace("127.0.0.1", "localhost")


def asked(url: str, statement: str) -> str:
    engine = postgres_engine(url, reading=True)
    try:
        with postgres_faults(), engine.connect() as connection:
            found = connection.execute(text(statement))
            return str(found.scalar()) if found.returns_rows else ""
    finally:
        engine.dispose()


def is_encrypted(url: str) -> str:
    return asked(url, "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")


def test_a_server_that_proves_its_name_is_spoken_to_by_tls(server: str, certificate: Path) -> None:
    for parameters in (f"sslrootcert={certificate}", f"sslmode=verify-full&sslrootcert={certificate}"):
        assert is_encrypted(f"{server}?{parameters}") == "True"
    assert is_encrypted(f"{server}?sslmode=disable") == "False"


def test_where_the_address_says_nothing_it_is_encrypted_if_the_server_can(plain: str, server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """And no authority is read for that, as nobody is asked to prove anything."""
    monkeypatch.setattr(ssl.SSLContext, "load_default_certs", lambda *_: pytest.fail("authorities were read"))
    assert (is_encrypted(server), is_encrypted(plain)) == ("True", "False")


def test_a_socket_of_this_machine_is_not_asked_for_tls() -> None:
    assert without_tls_parameters(make_url("postgresql://watchroom@/hub?unix_sock=/run/postgresql/.s.PGSQL.5432"))[1] is False


def test_a_hub_keeps_its_record_by_tls(server: str, certificate: Path) -> None:
    record = SharedRecord(f"{new_database(server, 'by_tls')}?sslrootcert={certificate}")
    record.add_site("north", "North")
    assert [site.key for site in record.sites()] == ["north"]
    record.close()


def test_another_certificate_or_name_is_refused(server: str, certificate: Path, tmp_path: Path) -> None:
    other = write_certificate(tmp_path / "other.pem", "localhost")
    by_address = server.replace("localhost", "127.0.0.1")
    for url in (
        f"{server}?sslmode=verify-full",
        f"{server}?sslrootcert={other}",
        f"{server}?sslmode=verify-ca&sslrootcert={other}",
        f"{by_address}?sslrootcert={certificate}",
    ):
        with pytest.raises(EnvironmentFault, match="does not prove") as refused:
            is_encrypted(url)
        assert refused.value.reason == "certificate"
    assert is_encrypted(f"{by_address}?sslmode=verify-ca&sslrootcert={certificate}") == "True", "its name is not asked for"


def test_a_server_without_tls_is_refused_where_it_is_asked_for(plain: str, certificate: Path) -> None:
    with pytest.raises(EnvironmentFault) as refused:
        is_encrypted(f"{plain}?sslrootcert={certificate}")
    assert refused.value.reason == "no_tls"
    assert is_encrypted(plain) == "False"


@pytest.mark.parametrize(
    "parameters",
    [
        "sslmode=require",
        "sslmode=prefer",
        "sslmode=x",
        "sslrootcert=/nowhere.pem",
        "sslmode=verify-full&unix_sock=/run/postgresql/.s.PGSQL.5432",
    ],
)
def test_what_would_check_nothing_is_refused(parameters: str) -> None:
    with pytest.raises(InputError) as refused:
        postgres_engine(f"postgresql://watchroom@localhost/hub?{parameters}")
    assert refused.value.field == "url"


def test_a_file_that_holds_no_certificate_is_named(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("nothing")
    with pytest.raises(InputError, match=r"ca\.pem"):
        postgres_engine(f"postgresql://watchroom@localhost/hub?sslrootcert={tmp_path / 'ca.pem'}")
