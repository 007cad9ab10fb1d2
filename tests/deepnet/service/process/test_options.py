import subprocess
from pathlib import Path
from typing import Any

import pytest

from deepnet.errors import InputError
from deepnet.service.process.options import ServeOptions, host_is_loopback

HERE = Path("somewhere")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("tls")
    cert, key = folder / "cert.pem", folder / "key.pem"
    subject = ["-subj", "/CN=localhost", "-days", "2"]
    make = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", *subject]
    subprocess.run([*make, "-keyout", key, "-out", cert], check=True, capture_output=True)
    return cert, key


def test_by_default_only_the_loopback_is_listened_on() -> None:
    options = ServeOptions(data_dir=HERE)

    assert options.is_loopback
    assert options.addresses == ("127.0.0.1", "::1")
    assert options.scheme == "http"


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("localhost", True),
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("0.0.0.0", False),  # noqa: S104 - it is what is refused
        ("::", False),
        ("10.0.0.1", False),
        ("localhost.evil.example", False),
        ("127.0.0.1.evil.example", False),
    ],
)
def test_what_is_loopback(host: str, *, loopback: bool) -> None:
    assert host_is_loopback(host) is loopback


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ({}, "--certfile .* and --allowed-host"),
        ({"allowed_hosts": ("net.example",)}, "--certfile"),
        ({"behind_proxy": True}, "--allowed-host"),
        ({"certfile": HERE}, "--allowed-host"),
        ({"behind_proxy": True, "allowed_hosts": ("net.example",), "insecure_no_auth": True}, "--insecure-no-auth"),
    ],
)
def test_other_machines_are_not_let_in_by_half(given: dict[str, Any], missing: str) -> None:
    with pytest.raises(InputError, match=missing):
        ServeOptions(data_dir=HERE, host="10.0.0.1", **given)


@pytest.mark.parametrize("encrypted", [{"behind_proxy": True}, {"certfile": HERE}])
def test_other_machines_are_let_in_with_encryption_and_a_name(encrypted: dict[str, Any]) -> None:
    options = ServeOptions(data_dir=HERE, host="10.0.0.1", allowed_hosts=("net.example",), **encrypted)

    assert options.addresses == ("10.0.0.1",)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"port": 65536}, "--port"),
        ({"port": -1}, "--port"),
        ({"checkpoint_seconds": 0.0}, "--checkpoint-seconds"),
        ({"checkpoint_seconds": float("nan")}, "--checkpoint-seconds"),
        ({"keyfile": HERE}, "--certfile"),
        ({"allowed_hosts": ("*",)}, "--allowed-host"),
        ({"allowed_hosts": ("http://net.example",)}, "--allowed-host"),
        ({"log_format": "xml"}, "--log-format"),
        ({"log_level": "chatty"}, "log level"),
    ],
)
def test_what_cannot_be_used_is_refused_with_the_option_to_change(given: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        ServeOptions(data_dir=HERE, **given)


def test_a_certificate_and_its_key_are_read(certificate: tuple[Path, Path]) -> None:
    cert, key = certificate
    options = ServeOptions(data_dir=HERE, certfile=cert, keyfile=key)

    assert options.tls() is not None
    assert options.scheme == "https"


def test_a_certificate_that_is_none_is_refused(certificate: tuple[Path, Path], tmp_path: Path) -> None:
    cert, key = certificate
    rubbish = tmp_path / "rubbish.pem"
    rubbish.write_text("no certificate")

    for cert_given, key_given in ((rubbish, key), (cert, rubbish), (cert, None)):
        with pytest.raises(InputError, match="give PEM files with --certfile and --keyfile"):
            ServeOptions(data_dir=HERE, certfile=cert_given, keyfile=key_given).tls()


def test_a_certificate_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"cannot be read \(No such file"):
        ServeOptions(data_dir=HERE, certfile=tmp_path / "none.pem").tls()


def test_a_key_with_a_password_is_refused_and_nobody_is_asked(certificate: tuple[Path, Path], tmp_path: Path) -> None:
    cert, key = certificate
    locked = tmp_path / "locked.pem"
    command = ["openssl", "pkcs8", "-topk8", "-in", str(key), "-out", str(locked), "-passout", "pass:secret"]
    subprocess.run(command, check=True, capture_output=True)

    with pytest.raises(InputError, match="asks for a password"):
        ServeOptions(data_dir=HERE, certfile=cert, keyfile=locked).tls()
