"""Files of other engines, made to run on Baton: a file and a report come out."""

from baton.convert.conversion import convert
from baton.convert.report import Conversion, Note, NoteKind, Topic
from baton.convert.stubs import LANGUAGES, write_stubs

__all__ = ["LANGUAGES", "Conversion", "Note", "NoteKind", "Topic", "convert", "write_stubs"]
