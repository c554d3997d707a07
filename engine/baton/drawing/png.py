"""A picture in SVG as PNG, with the designer's own fonts: it looks the same on every machine."""

from __future__ import annotations

import re
from collections.abc import Generator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory

SCALE = 2.0
"""Pixels per unit of the diagram, so that names can be read on today's screens and in print."""
MAX_SIDE = 16_000
"""Pixels; a larger picture would take gigabytes, so it is drawn smaller."""
_SIZE = re.compile(r'<svg [^>]*\bwidth="([\d.]+)" height="([\d.]+)"')


class NoFonts(RuntimeError):
    """The designer, whose fonts are used, is not built."""


def render_png(svg: str) -> bytes:
    """What ``render_diagram`` drew, as PNG, two pixels per unit. Raises NoFonts."""
    import resvg_py  # only those who want PNG wait for it

    found = _SIZE.search(svg)
    longest = max(float(found[1]), float(found[2])) if found else 1.0
    with _unpack_fonts() as fonts:
        return bytes(
            resvg_py.svg_to_bytes(
                svg_string=svg,
                background="#ffffff",
                zoom=min(SCALE, MAX_SIDE / longest),
                font_files=[str(path) for path in fonts],
            )
        )


@contextmanager
def _unpack_fonts() -> Generator[list[Path]]:
    """The fonts of the web pages in the form that a renderer reads, a file per script.

    Latin comes first: the renderer takes the first file of a family, and the others for what that does not have.
    """
    from fontTools.ttLib import TTFont  # pyright: ignore[reportMissingTypeStubs]

    packed = sorted(_list_packed(), key=lambda path: (not path.name.startswith("inter-latin-wght"), path.name))
    if not packed:
        raise NoFonts("Expected the built designer, whose fonts are in a PNG, but it is not there: run make build")
    with TemporaryDirectory() as folder:
        unpacked: list[Path] = []
        for path in packed:
            font = TTFont(path)
            font.flavor = None
            unpacked.append(Path(folder, f"{path.stem}.ttf"))
            font.save(unpacked[-1])
        yield unpacked


def _list_packed() -> list[Path]:
    assets = Path(str(files("baton"))) / "web" / "static" / "assets"
    return list(assets.glob("inter-*-normal-*.woff2"))
