"""The little of lxml that Baton uses."""

from typing import Any

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

def fromstring(text: bytes, parser: XMLParser) -> Any: ...
