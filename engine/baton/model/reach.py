"""How far a permission reaches: for which definitions, of which tenants."""

from __future__ import annotations

from baton.model.immutable import immutable


@immutable
class Area:
    """Definition keys and tenants; None: all. None among the tenants: what belongs to no tenant.

    ``allows`` False: it is taken away.
    """

    keys: frozenset[str] | None = None
    tenants: frozenset[str | None] | None = None
    allows: bool = True

    def contains(self, key: str, tenant_id: str | None) -> bool:
        return self.contains_key(key) and (self.tenants is None or tenant_id in self.tenants)

    def contains_key(self, key: str) -> bool:
        return self.keys is None or key in self.keys


@immutable
class Reach:
    """Areas by precedence: the first that covers something decides. What none covers is out of reach."""

    areas: tuple[Area, ...] = ()

    def contains(self, key: str, tenant_id: str | None) -> bool:
        return next((area.allows for area in self.areas if area.contains(key, tenant_id)), False)

    def contains_shared(self, key: str, tenant_id: str | None) -> bool:
        """As ``contains``, but a definition of no tenant is there for the tenants too."""
        if tenant_id is None:
            return next((area.allows for area in self.areas if area.contains_key(key)), False)
        return self.contains(key, tenant_id)

    def contains_all_of(self, key: str) -> bool:
        """Whether it reaches what has this definition key, whatever the tenant."""
        for area in self.areas:
            if area.contains_key(key) and (not area.allows or area.tenants is None):
                return area.allows
        return False

    def contains_any_of(self, key: str) -> bool:
        """Whether it can reach what has this definition key, of some tenant."""
        return any(area.allows and area.contains_key(key) for area in self.areas)

    @property
    def is_whole(self) -> bool:
        """Whether it reaches everything."""
        everything = Area()
        return everything in self.areas and all(area.allows for area in self.areas)

    def contains_tenant(self, tenant_id: str) -> bool:
        """Whether it reaches all definitions of a tenant."""
        whole = any(area.keys is None and (area.tenants is None or tenant_id in area.tenants) for area in self.areas)
        return whole and all(area.allows for area in self.areas)

    def contains_part_of(self, tenant_id: str) -> bool:
        """Whether it reaches anything of a tenant."""
        return any(area.allows and (area.tenants is None or tenant_id in area.tenants) for area in self.areas)

    def list_tenants(self) -> frozenset[str | None]:
        """The tenants that the areas are for; None stands for what belongs to none, or for all."""
        named = [area.tenants for area in self.areas if area.allows]
        return frozenset[str | None]().union(*(tenants or {None} for tenants in named))

    @property
    def sole_tenant(self) -> str | None:
        """The tenant that all areas are for, if it is one."""
        together = self.list_tenants()
        return next(iter(together)) if len(together) == 1 else None


@immutable
class Access:
    """What a caller may reach by one permission.

    ``sees``: by any of their permissions; what lies outside does not exist for them. ``shared``: definitions of no
    tenant are there for the tenants. ``others``: where tasks of others are shown; ``person`` and ``groups`` say whose
    tasks the rest are.
    """

    whose: str
    permission: str
    may: Reach
    sees: Reach
    shared: bool = True
    others: Reach
    person: str
    groups: tuple[str, ...] = ()
