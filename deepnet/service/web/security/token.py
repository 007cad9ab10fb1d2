"""The token of a service: 32 random bytes in a file that only its owner can read.

``DEEPNET_TOKEN`` or ``DEEPNET_TOKEN_FILE`` give another one. No command-line option does: everybody can see those.
"""

import contextlib
import os
import secrets
import stat
from collections.abc import Mapping
from pathlib import Path

from deepnet.errors import InputError
from deepnet.service.web.security.redaction import keep_secret

TOKEN_BYTES = 32
SHORTEST = 32
"""Characters that a token of somebody's own has at least."""
LONGEST = 1024
_ADVICE = "use for example what 'openssl rand -hex 32' prints"


def read_or_make_token(data_dir: Path, environ: Mapping[str, str]) -> str:
    """Return the token that a service over *data_dir* has.

    Raises:
        InputError: it is given twice; it is too short or has characters that a header cannot carry;
            its file cannot be read, is none, belongs to another user, or can be read by others.
    """
    text, named = environ.get("DEEPNET_TOKEN"), environ.get("DEEPNET_TOKEN_FILE")
    if text is not None and named is not None:
        raise InputError("DEEPNET_TOKEN and DEEPNET_TOKEN_FILE are both set: set one of them")
    if text is not None:
        return _checked(text, "DEEPNET_TOKEN")
    if named is not None:
        return _read(Path(named))
    path = data_dir / "token"
    with contextlib.suppress(FileExistsError):
        _make(path)
    return _read(path)


def _make(path: Path) -> None:
    """Write a new token to *path*, whole or not at all; FileExistsError if there is one."""
    if path.is_symlink() or path.exists():
        raise FileExistsError(path)
    # Written beside it and linked: whoever comes in between, or a crash, never leaves half a token under that name.
    draft = path.with_name(f".token-{secrets.token_hex(8)}")
    try:
        file = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        try:
            os.write(file, f"{secrets.token_hex(TOKEN_BYTES)}\n".encode())
            os.fsync(file)
        finally:
            os.close(file)
        os.link(draft, path)
    except FileExistsError:
        raise
    except OSError as error:
        raise InputError(f"the token cannot be written to {path}: {error.strerror}") from error
    finally:
        draft.unlink(missing_ok=True)


def _read(path: Path) -> str:
    try:
        # Not blocking: a pipe of that name would otherwise hold up the start.
        file = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
    except OSError as error:
        raise InputError(f"the token file {path} cannot be read: {error.strerror}") from error
    try:
        about = os.fstat(file)
        if not stat.S_ISREG(about.st_mode):
            raise InputError(f"the token file {path} is not a file")
        if about.st_uid not in {os.geteuid(), 0}:
            raise InputError(f"the token file {path} belongs to another user: make one of your own")
        if about.st_mode & 0o077:
            raise InputError(f"the token file {path} can be read by others: make a new one, with mode 600")
        text = os.read(file, LONGEST + 3)
    finally:
        os.close(file)
    return _checked(text.decode("latin-1").removesuffix("\n").removesuffix("\r"), f"the token file {path}")


def _checked(token: str, where: str) -> str:
    if not SHORTEST <= len(token) <= LONGEST:
        raise InputError(f"the token in {where} has {len(token)} characters, not {SHORTEST} to {LONGEST}: {_ADVICE}")
    if not (token.isascii() and token.isprintable() and " " not in token):
        raise InputError(f"the token in {where} has characters that a header cannot carry: {_ADVICE}")
    if len(set(token)) < 8:
        raise InputError(f"the token in {where} can be guessed: {_ADVICE}")
    keep_secret(token)
    return token
