"""Tokens of a `jwt` credential, checked against the keys in its `jwks` (section 10.1)."""

from __future__ import annotations

from ..errors import ServiceError


def problem_of(token: str, jwks: str) -> str | None:
    """Why a token does not pass; None if it does.

    It must be signed by one of the keys, the one of its `kid` if it names one, and be in its time.
    Who issued it and for whom is not asked: a credential does not say who that should be.

    Args:
        token: The token.
        jwks: The keys, as the JSON text that a credential holds.

    Raises:
        ServiceError: 501, the library that reads tokens is not installed.
    """
    try:
        # Imported when needed: few runtimes are guarded by tokens.
        import jwt
    except ImportError:
        text = "tokens are checked by PyJWT, which is not installed"
        raise ServiceError(501, "ERR_NOT_RUN_HERE", text) from None
    try:
        named = jwt.get_unverified_header(token).get("kid")
        keys = jwt.PyJWKSet.from_json(jwks).keys
    except (jwt.PyJWTError, ValueError) as error:
        return str(error)
    usable = [key for key in keys if named in (None, key.key_id)]
    why = f"no key {named} is among those of the credential"
    for key in usable:
        try:
            jwt.decode(token, key, algorithms=[key.algorithm_name], options={"verify_aud": False})
        except jwt.PyJWTError as error:
            why = str(error)
        else:
            return None
    return why
