"""Secrets of the operator, which models name as ``${secrets.NAME}``."""

from baton.secrets.resolver import REFERENCE, SecretResolver
from baton.secrets.settings import SecretSettings
from baton.secrets.sources import SecretMissing, SecretUnavailable

__all__ = ["REFERENCE", "SecretMissing", "SecretResolver", "SecretSettings", "SecretUnavailable"]
