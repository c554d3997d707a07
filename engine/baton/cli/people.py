"""``baton user``, ``baton group`` and ``baton key``: who may use a server that people and programs sign in to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import click

from baton.cli.connection import Connection, connect
from baton.cli.text import render_table

ROLES = ("viewer", "starter", "task-user", "operator", "modeler", "worker", "administrator")


@click.group()
def user() -> None:
    """People who sign in: list, create, roles, password, delete.

    \b
    Examples:
      baton user create anna --role operator
      baton user list
    """


@click.group()
def group() -> None:
    """Groups of people: list, create, add, remove, delete.

    \b
    Examples:
      baton group create night-shift --role operator
      baton group add night-shift anna
    """


@click.group()
def key() -> None:
    """Keys of programs: list, create, delete.

    \b
    Examples:
      baton key create payments --role worker --topic charge
      baton key list
    """


def _add_role_option(command: Any) -> Any:
    roles = click.Choice(ROLES)
    return click.option("--role", "roles", multiple=True, type=roles, help="What may be done. Repeatable.")(command)


@user.command("list")
@connect
def list_users(connection: Connection) -> None:
    """The users of the server.

    \b
    Examples:
      baton user list
    """
    found: list[dict[str, Any]] = connection.rest.get("/user")
    connection.show(found, lambda: render_items(found, "id", "roles", "groups", "email", "disabled") or "No users.")


@user.command("create")
@click.argument("id")
@_add_role_option
@click.option("--group", "groups", multiple=True, help="A group that the user is in. Repeatable.")
@click.option("--email")
@click.password_option(help="Asked for when it is left out.")
@connect
def create_user(
    connection: Connection, id: str, roles: Sequence[str], groups: Sequence[str], email: str | None, password: str
) -> None:
    """Make a user, who may sign in with the password.

    \b
    Examples:
      baton user create anna --role operator --group night-shift
    """
    body = {"profile": {"id": id, "email": email}, "credentials": {"password": password}, "roles": list(roles)}
    connection.rest.post("/user/create", body)
    for name in groups:
        connection.rest.request("PUT", f"/group/{name}/members/{id}")
    connection.show({"id": id}, lambda: f"{id} may sign in")


@user.command("roles")
@click.argument("id")
@_add_role_option
@connect
def set_roles(connection: Connection, id: str, roles: Sequence[str]) -> None:
    """Say which roles a user has from now on; without --role it has none.

    \b
    Examples:
      baton user roles anna --role operator --role modeler
    """
    connection.rest.request("PUT", f"/user/{id}/roles", json={"roles": list(roles)})
    connection.show({"id": id, "roles": list(roles)}, lambda: f"{id} has {', '.join(roles) or 'no role'}")


@user.command("password")
@click.argument("id")
@click.password_option(help="Asked for when it is left out.")
@connect
def set_password(connection: Connection, id: str, password: str) -> None:
    """Give a user another password; the sessions of the user end.

    \b
    Examples:
      baton user password anna
    """
    connection.rest.request("PUT", f"/user/{id}/credentials", json={"password": password})
    connection.show({"id": id}, lambda: f"{id} has another password")


@user.command("delete")
@click.argument("id")
@connect
def delete_user(connection: Connection, id: str) -> None:
    """Delete a user, whose sessions end.

    \b
    Examples:
      baton user delete anna
    """
    connection.rest.request("DELETE", f"/user/{id}")
    connection.show({"id": id}, lambda: f"{id} is deleted")


@group.command("list")
@connect
def list_groups(connection: Connection) -> None:
    """The groups of the server.

    \b
    Examples:
      baton group list
    """
    found: list[dict[str, Any]] = connection.rest.get("/group")
    connection.show(found, lambda: render_items(found, "id", "name", "roles") or "No groups.")


@group.command("create")
@click.argument("id")
@click.option("--name")
@_add_role_option
@connect
def create_group(connection: Connection, id: str, name: str | None, roles: Sequence[str]) -> None:
    """Make a group, whose members have its roles.

    \b
    Examples:
      baton group create night-shift --role operator
    """
    connection.rest.post("/group/create", {"id": id, "name": name, "roles": list(roles)})
    connection.show({"id": id}, lambda: f"The group {id} is there")


@group.command("add")
@click.argument("id")
@click.argument("users", nargs=-1, required=True)
@connect
def add_members(connection: Connection, id: str, users: Sequence[str]) -> None:
    """Make users members of a group.

    \b
    Examples:
      baton group add night-shift anna ben
    """
    for name in users:
        connection.rest.request("PUT", f"/group/{id}/members/{name}")
    connection.show({"id": id, "added": list(users)}, lambda: f"{', '.join(users)} are in {id}")


@group.command("remove")
@click.argument("id")
@click.argument("users", nargs=-1, required=True)
@connect
def remove_members(connection: Connection, id: str, users: Sequence[str]) -> None:
    """Take users out of a group.

    \b
    Examples:
      baton group remove night-shift ben
    """
    for name in users:
        connection.rest.request("DELETE", f"/group/{id}/members/{name}")
    connection.show({"id": id, "removed": list(users)}, lambda: f"{', '.join(users)} are not in {id} any more")


@group.command("delete")
@click.argument("id")
@connect
def delete_group(connection: Connection, id: str) -> None:
    """Delete a group; its members stay.

    \b
    Examples:
      baton group delete night-shift
    """
    connection.rest.request("DELETE", f"/group/{id}")
    connection.show({"id": id}, lambda: f"The group {id} is deleted")


@key.command("list")
@connect
def list_keys(connection: Connection) -> None:
    """The keys of programs; the keys themselves are not kept.

    \b
    Examples:
      baton key list
    """
    found: list[dict[str, Any]] = connection.rest.get("/api-key")
    connection.show(found, lambda: render_items(found, "id", "name", "roles", "topics", "endsAt") or "No keys.")


@key.command("create")
@click.argument("name")
@_add_role_option
@click.option("--topic", "topics", multiple=True, help="A topic that a worker may fetch; none: all. Repeatable.")
@click.option("--tenant", "tenants", multiple=True, help="A tenant that the key is for; none: all. Repeatable.")
@click.option("--variable", "variables", multiple=True, help="One that a worker may see; none: all. Repeatable.")
@click.option("--days", type=click.IntRange(min=1), help="How long the key is good; without it, until it is deleted.")
@connect
def create_key(
    connection: Connection,
    name: str,
    roles: Sequence[str],
    topics: Sequence[str],
    tenants: Sequence[str],
    variables: Sequence[str],
    days: int | None,
) -> None:
    """Make a key for a program. It is printed this once.

    \b
    Examples:
      baton key create payments --role worker --topic charge --topic refund
      baton key create prometheus --role viewer --days 365
    """
    ends_at = None
    if days is not None:
        ends_at = (datetime.now(UTC) + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%S.000+0000")
    body = {
        "name": name,
        "roles": list(roles),
        "topics": list(topics),
        "tenantIds": list(tenants),
        "variables": list(variables),
        "endsAt": ends_at,
    }
    made = connection.rest.post("/api-key/create", body)
    connection.show(made, lambda: made["key"])


@key.command("delete")
@click.argument("id")
@connect
def delete_key(connection: Connection, id: str) -> None:
    """Delete a key, by its id: it is good no more.

    \b
    Examples:
      baton key delete 1f0c5b7e90ab
    """
    connection.rest.request("DELETE", f"/api-key/{id}")
    connection.show({"id": id}, lambda: f"The key {id} is deleted")


def render_items(found: Sequence[Mapping[str, Any]], *names: str) -> str:
    """A table of the named fields; empty without items."""
    if not found:
        return ""
    rows = [tuple(name.upper() for name in names)]
    return render_table([*rows, *(tuple(_show(item[name]) for name in names) for item in found)])


def _show(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(cast("list[str]", value))
    return "" if value is None or value is False else str(value)
