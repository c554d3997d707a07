"""``baton tenant`` and ``baton grant``: who belongs to which tenant, and rights for some processes and tenants only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from baton.cli.connection import Connection, connect
from baton.cli.people import ROLES, render_items


@click.group()
def tenant() -> None:
    """Tenants: list, create, add, remove, delete.

    \b
    Examples:
      baton tenant create acme
      baton tenant add acme --user anna --group night-shift
    """


@tenant.command("list")
@connect
def list_tenants(connection: Connection) -> None:
    """The tenants of the server.

    \b
    Examples:
      baton tenant list
    """
    found: list[dict[str, Any]] = connection.rest.get("/tenant")
    connection.show(found, lambda: render_items(found, "id", "name") or "No tenants.")


@tenant.command("create")
@click.argument("id")
@click.option("--name")
@connect
def create_tenant(connection: Connection, id: str, name: str | None) -> None:
    """Make a tenant. What its members deploy and start belongs to it.

    \b
    Examples:
      baton tenant create acme --name "Acme Ltd"
    """
    connection.rest.post("/tenant/create", {"id": id, "name": name})
    connection.show({"id": id}, lambda: f"The tenant {id} is there")


def _add_member_options(command: Any) -> Any:
    groups = click.option("--group", "groups", multiple=True, help="A group. Repeatable.")(command)
    return click.option("--user", "users", multiple=True, help="A user. Repeatable.")(groups)


@tenant.command("add")
@click.argument("id")
@_add_member_options
@connect
def add_members(connection: Connection, id: str, users: Sequence[str], groups: Sequence[str]) -> None:
    """Make users and groups members of a tenant: their roles count for their tenants only.

    \b
    Examples:
      baton tenant add acme --user anna --group night-shift
    """
    _set_members(connection, "PUT", id, users, groups)
    connection.show({"id": id}, lambda: f"{', '.join([*users, *groups])} belong to {id}")


@tenant.command("remove")
@click.argument("id")
@_add_member_options
@connect
def remove_members(connection: Connection, id: str, users: Sequence[str], groups: Sequence[str]) -> None:
    """Take users and groups out of a tenant. A member of no tenant is for all.

    \b
    Examples:
      baton tenant remove acme --user anna
    """
    _set_members(connection, "DELETE", id, users, groups)
    connection.show({"id": id}, lambda: f"{', '.join([*users, *groups])} belong to {id} no more")


@tenant.command("delete")
@click.argument("id")
@connect
def delete_tenant(connection: Connection, id: str) -> None:
    """Delete a tenant that has no members; what belongs to it stays.

    \b
    Examples:
      baton tenant delete acme
    """
    connection.rest.request("DELETE", f"/tenant/{id}")
    connection.show({"id": id}, lambda: f"The tenant {id} is deleted")


@click.group()
def grant() -> None:
    """Rights for some processes and tenants only: list, create, delete.

    \b
    Examples:
      baton grant create --group night-shift --role operator --process order
    """


@grant.command("list")
@connect
def list_grants(connection: Connection) -> None:
    """The grants of the server, authorizations of Camunda 7 among them, the oldest first.

    \b
    Examples:
      baton grant list
    """
    found: list[dict[str, Any]] = connection.rest.get("/grant")
    names = ("id", "kind", "userId", "groupId", "keyId", "roles", "permissions", "processDefinitionKeys", "tenantIds")
    connection.show(found, lambda: render_items(found, *names) or "No grants.")


@grant.command("create")
@click.option("--user", help="Who gets it: a user,")
@click.option("--group", help="a group,")
@click.option("--key", help="or an API key, by its id.")
@click.option("--role", "roles", multiple=True, type=click.Choice(ROLES), help="A role. Repeatable.")
@click.option("--permission", "permissions", multiple=True, help="A permission, such as task:work. Repeatable.")
@click.option("--process", "processes", multiple=True, help="A process that it is for; none: all. Repeatable.")
@click.option("--tenant", "tenants", multiple=True, help='A tenant that it is for; "": no tenant. Repeatable.')
@connect
def create_grant(
    connection: Connection,
    user: str | None,
    group: str | None,
    key: str | None,
    roles: Sequence[str],
    permissions: Sequence[str],
    processes: Sequence[str],
    tenants: Sequence[str],
) -> None:
    """Give roles or permissions for some processes and tenants. Prints the id of the grant.

    \b
    Examples:
      baton grant create --group night-shift --role operator --process order
      baton grant create --user anna --permission task:work --tenant acme
    """
    body = {
        "userId": user,
        "groupId": group,
        "keyId": key,
        "roles": list(roles),
        "permissions": list(permissions),
        "processDefinitionKeys": list(processes),
        "tenantIds": list(tenants),
    }
    made = connection.rest.post("/grant/create", body)
    connection.show(made, lambda: made["id"])


@grant.command("delete")
@click.argument("id")
@connect
def delete_grant(connection: Connection, id: str) -> None:
    """Delete a grant, by its id.

    \b
    Examples:
      baton grant delete 1f0c5b7e90ab
    """
    connection.rest.request("DELETE", f"/grant/{id}")
    connection.show({"id": id}, lambda: f"The grant {id} is deleted")


def _set_members(connection: Connection, method: str, id: str, users: Sequence[str], groups: Sequence[str]) -> None:
    if not users and not groups:
        raise click.UsageError("Expected at least one --user or --group")
    for name in users:
        connection.rest.request(method, f"/tenant/{id}/user-members/{name}")
    for name in groups:
        connection.rest.request(method, f"/tenant/{id}/group-members/{name}")
