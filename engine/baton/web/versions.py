"""What process and decision definitions have in common: filters, sorting, and routes by id, key, and key and tenant."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from baton.web.call import Call
from baton.web.fields import Field, booleans, dates, integers, lists, strings
from baton.web.lists import Page, flag, paged, together
from baton.web.routing import Group, Handler

SORTS = {
    "key": "key",
    "id": "id",
    "name": "name",
    "version": "version",
    "deploymentId": "deployment_id",
    "deployTime": "deployed_at",
    "tenantId": "tenant_id",
    "versionTag": "version_tag",
}


def filters_of(kind: str) -> tuple[Field, ...]:
    """The filters of a list; ``kind`` is what the ids are called after: ``processDefinition``."""
    return (
        *strings(f"{kind}Id", "name", "nameLike", "deploymentId", "key", "keyLike", "resourceName"),
        *strings("resourceNameLike", "versionTag", "versionTagLike"),
        *lists(f"{kind}IdIn", "keysIn", "tenantIdIn"),
        *integers("version"),
        *booleans("latestVersion", "withoutTenantId"),
        *dates("deployedAfter", "deployedAt"),
    )


def query_fields(kind: str, filters: Any, page: Page | None) -> dict[str, Any]:
    """The same filters as fields of a query."""
    at = filters.get("deployedAt")
    return {
        "ids": together(filters, f"{kind}Id", f"{kind}IdIn"),
        "keys": together(filters, "key", "keysIn"),
        "key_like": filters.get("keyLike"),
        "name": filters.get("name"),
        "name_like": filters.get("nameLike"),
        "deployment_id": filters.get("deploymentId"),
        "version": filters.get("version"),
        "latest": flag(filters, "latestVersion"),
        "resource_name": filters.get("resourceName"),
        "resource_name_like": filters.get("resourceNameLike"),
        "version_tag": filters.get("versionTag"),
        "version_tag_like": filters.get("versionTagLike"),
        "deployed_after": filters.get("deployedAfter") if at is None else at - 1,
        "deployed_before": None if at is None else at + 1,
        "tenant_ids": filters.get("tenantIdIn"),
        "without_tenant": flag(filters, "withoutTenantId"),
        **paged(page),
    }


class Versions:
    """Declares routes below a path; a handler gets the version that was asked for."""

    def __init__(
        self, group: Group, root: str, by_id: Callable[[Call, str], Any], latest: Callable[[Call, str, str | None], Any]
    ) -> None:
        self._group, self._root, self._by_id, self._latest = group, root, by_id, latest

    def __call__(self, method: str, path: str, summary: str, **more: Any) -> Callable[[Handler], Handler]:
        """By id, by key, and by key and tenant."""
        declare, root = getattr(self._group, method), self._root

        def register(handler: Handler) -> Handler:
            def by_id(call: Call, id: str) -> Any:
                return handler(call, self._by_id(call, id))

            def by_key(call: Call, key: str) -> Any:
                return handler(call, self._latest(call, key, None))

            def by_tenant(call: Call, key: str, tenant_id: str) -> Any:
                return handler(call, self._latest(call, key, tenant_id))

            tenant = f"{root}/key/<key>/tenant-id/<tenant_id>{path}"
            declare(f"{root}/<id>{path}", summary, **more)(by_id)
            declare(f"{root}/key/<key>{path}", f"{summary}: the latest of a key", **more)(by_key)
            declare(tenant, f"{summary}: the latest of a tenant", **more)(by_tenant)
            return handler

        return register
