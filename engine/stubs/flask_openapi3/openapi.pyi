from typing import Any

import flask
from flask_openapi3.models import Info, Server, Tag
from pydantic import BaseModel

class OpenAPI(flask.Flask):
    paths: dict[str, Any]
    components_schemas: dict[str, Any]
    tags: list[Tag]
    spec_json: dict[str, Any]
    def __init__(
        self,
        import_name: str,
        *,
        info: Info | None = ...,
        servers: list[Server] | None = ...,
        doc_ui: bool = ...,
        validation_error_model: type[BaseModel] = ...,
        static_folder: None = ...,
        template_folder: None = ...,
    ) -> None: ...
    def generate_spec_json(self) -> None: ...
