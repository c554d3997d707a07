"""The little of lxml that Baton uses."""

from collections.abc import Iterator, Mapping, MutableMapping
from typing import Any, overload

class XMLSyntaxError(Exception):
    msg: str
    lineno: int

class XMLParser:
    def __init__(
        self,
        *,
        resolve_entities: bool = ...,
        no_network: bool = ...,
        load_dtd: bool = ...,
        dtd_validation: bool = ...,
        huge_tree: bool = ...,
        remove_comments: bool = ...,
        remove_pis: bool = ...,
        strip_cdata: bool = ...,
    ) -> None: ...

class _Element:
    tag: Any
    text: str | None
    attrib: MutableMapping[str, str]
    def __iter__(self) -> Iterator[_Element]: ...
    @overload
    def get(self, key: str) -> str | None: ...
    @overload
    def get(self, key: str, default: str) -> str: ...
    def set(self, key: str, value: str) -> None: ...
    def find(self, path: str) -> _Element | None: ...
    def findall(self, path: str) -> list[_Element]: ...
    def iter(self, *tags: str) -> Iterator[_Element]: ...
    def remove(self, element: _Element) -> None: ...

class QName:
    localname: str
    namespace: str | None
    def __init__(self, text_or_uri_or_element: str | _Element) -> None: ...

def fromstring(text: bytes, parser: XMLParser) -> Any: ...
def SubElement(
    parent: _Element,
    tag: str,
    attrib: Mapping[str, str] | None = ...,
    nsmap: Mapping[str | None, str] | Mapping[str, str] | None = ...,
    **extra: str,
) -> _Element: ...
def tostring(element: _Element, *, encoding: str, xml_declaration: bool = ..., with_tail: bool = ...) -> Any: ...

# What follows is for tests and measurements, which read nothing but their own files.

def XML(text: bytes) -> _Element: ...
def indent(tree: _Element, space: str = ...) -> None: ...
