"""A profile inside a link: compact, with a version, bounded; nothing is stored, and the link is the copy.

`1.` and the profile's JSON, deflated (RFC 1951), in base64url without padding (RFC 4648, section 5).
"""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from collections.abc import Mapping
from typing import Any, Final

from service.advice import forms
from service.errors import Problem

VERSION: Final = "1"
MAX_LINK: Final = 6_000  # characters; servers and mail programs take addresses of 8,000
_RAW: Final = -15  # deflate without a header


def encode(document: Mapping[str, Any]) -> str | None:
    """The link text of a profile document; None where it would be longer than `MAX_LINK`."""
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    packer = zlib.compressobj(9, zlib.DEFLATED, _RAW)
    packed = packer.compress(text.encode()) + packer.flush()
    written = f"{VERSION}.{base64.urlsafe_b64encode(packed).decode().rstrip('=')}"
    return written if len(written) <= MAX_LINK else None


def decode(written: str) -> dict[str, Any]:
    """The profile document of a link text, not yet checked against the fields. Raises Problem."""
    version, dot, packed = written.partition(".")
    if len(written) > MAX_LINK or not dot:
        raise _broken(f"A link holds at most {MAX_LINK} characters, and begins with its version and a dot.")
    if version != VERSION:
        raise _broken(f"It is of version {version[:10]!r}; here version {VERSION} is read.")
    try:
        data = base64.b64decode(packed + "=" * (-len(packed) % 4), altchars=b"-_", validate=True)
        unpacker = zlib.decompressobj(_RAW)
        text = unpacker.decompress(data, forms.MAX_PROFILE_BYTES)
        if unpacker.unconsumed_tail or not unpacker.eof or unpacker.unused_data:
            raise _broken(f"What it holds is cut off, or larger than {forms.MAX_PROFILE_BYTES} bytes.")
        return forms.decode(text.decode())
    except (binascii.Error, zlib.error, UnicodeError) as error:
        raise _broken("A part of it is missing or changed.") from error


def _broken(detail: str) -> Problem:
    advice = "Copy the whole link again, load the file of your answers, or fill in the form."
    return Problem(400, "profile-link-invalid", "This link holds no answers that can be read", detail, advice)
