"""Headers of a file that is sent to be saved."""

from __future__ import annotations

import re
from urllib.parse import quote

from werkzeug.http import dump_options_header

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def describe_attachment(name: str) -> dict[str, str]:
    """The header that names a file; a name beyond ASCII is sent in UTF-8 (RFC 6266, section 4.3)."""
    name = _CONTROL.sub(" ", name)
    if name.isascii():
        options = {"filename": name}
    else:
        options = {"filename*": f"UTF-8''{quote(name, safe='', errors='replace')}"}
    return {"Content-Disposition": dump_options_header("attachment", options)}


def is_header_text(text: str) -> bool:
    """Whether a text can stand in a header: ASCII without line breaks and other control characters."""
    return text.isascii() and _CONTROL.search(text) is None
