from collections.abc import Sequence
from typing import Any

import flask
from pydantic import BaseModel

OPENAPI3_REF_TEMPLATE: str

class Info(BaseModel):
    def __init__(self, *, title: str, version: str, description: str, license: License) -> None: ...

class License(BaseModel):
    def __init__(self, *, name: str, identifier: str) -> None: ...

class Server(BaseModel):
    def __init__(self, *, url: str) -> None: ...

class Tag(BaseModel):
    name: str
    def __init__(self, *, name: str, description: str) -> None: ...

class Schema(BaseModel):
    def __init__(self, **schema: Any) -> None: ...

class RawModel(flask.Request):
    mimetypes: Sequence[str]
