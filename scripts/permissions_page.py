"""`make docs-permissions`: writes the tables of docs/reference/permissions.md from the roles and the routes."""

from __future__ import annotations

from collections.abc import Iterator

from baton.model.identity import Role
from baton.service.identity.roles import ALL, MAY
from baton.web.resources import GROUPS
from baton.web.routes.declaration import ANYBODY, BASE, SIGNED_IN, Declaration
from scripts.generated import REFERENCE, replace_generated, write

PAGE = REFERENCE / "permissions.md"
YES, NO = "yes", "–"
REFUSED, INVISIBLE = "refused", "the rest is invisible"


def render(page: str) -> str:
    """The page with the tables as they are now."""
    return replace_generated(page, "make docs-permissions", "\n".join(_render_tables()))


def list_routes() -> list[Declaration]:
    """All routes of the API, by path and method."""
    declared = (route for group in GROUPS for route in group.declared)
    return sorted(declared, key=lambda route: (route.rule, route.method))


def _render_tables() -> Iterator[str]:
    roles = list(Role)
    head = "".join(f" {role} |" for role in roles)
    yield f"| route | needs | limited rights |{head}\n|---|---|---|{'---|' * len(roles)}"
    for route in list_routes():
        cells = "".join(f" {YES if may_use(role, route) else NO} |" for role in roles)
        name = f"{route.method} {route.full_rule.removeprefix(BASE)}"
        yield f"| `{name}` | `{route.needs}` | {describe_limits(route)} |{cells}"


def describe_limits(route: Declaration) -> str:
    """What the route does for a caller whose permission holds for some definitions or tenants only."""
    if route.needs in (ANYBODY, SIGNED_IN):
        return NO
    return REFUSED if route.whole else INVISIBLE


def may_use(role: Role, route: Declaration) -> bool:
    return route.needs in (ANYBODY, SIGNED_IN) or route.needs in MAY[role] or ALL in MAY[role]


if __name__ == "__main__":
    write(PAGE, render)
