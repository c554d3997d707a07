"""``/encryption``: what is stored, sealed with the first of the encryption keys. Only in Baton."""

from __future__ import annotations

from baton.model.errors import BadRequest, Conflict
from baton.web.answers.operations import SealedPart
from baton.web.context import RequestContext
from baton.web.models.server import SealPart
from baton.web.resources.misc import GROUP


@GROUP.post(
    "/encryption/seal",
    "Seal a part of what is stored with the first encryption key; the cursor in the answer is where the next begins",
    baton_extension=True,
    needs="system:update",
)
def seal_part(context: RequestContext, body: SealPart) -> SealedPart:
    store = context.engine.store
    if not store.blobs.is_sealing:
        raise Conflict("Expected encryption keys in BATON_ENCRYPTION_KEYS, but there are none: nothing is sealed")
    try:
        part = store.sealing.seal_part(body.cursor)
    except ValueError:
        raise BadRequest(f"Expected a cursor of an answer, but found '{body.cursor}'") from None
    return SealedPart(
        cursor=part.cursor,
        done=part.done,
        total=part.total,
        keys=part.looked_at,
        sealed=part.sealed,
        passing=part.passing,
        unreadable=part.unreadable[:20],
    )
