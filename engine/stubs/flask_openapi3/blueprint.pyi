from collections.abc import Callable
from typing import Any

import flask
from flask_openapi3.models import Tag

class APIBlueprint(flask.Blueprint):
    paths: dict[str, Any]
    components_schemas: dict[str, Any]
    tags: list[Tag]
    def __init__(self, name: str, import_name: str, *, abp_tags: list[Tag], url_prefix: str) -> None: ...
    def _collect_openapi_info(self, rule: str, func: Callable[..., Any], **more: Any) -> Any: ...
    def create_view_func(self, func: Callable[..., Any], *models: Any, **more: Any) -> Any: ...
    def _add_url_rule(self, rule: str, view_func: Any = ..., **options: Any) -> None: ...
