"""What every credential of ours has in common: W3C VC Data Model 2.0 secured with VC-JOSE-COSE 1.0.

Contexts are never fetched. The list must be exactly `CONTEXT`; its base is pinned by digest for those who process
JSON-LD elsewhere. The second context gives the terms a neutral meaning: the JSON alone is authoritative.
"""

from collections.abc import Mapping
from typing import Final

JWT_TYP: Final = "vc+jwt"
SD_JWT_TYP: Final = "vc+sd-jwt"

CONTEXT: Final = ("https://www.w3.org/ns/credentials/v2", "https://www.w3.org/ns/credentials/undefined-terms/v2")

CONTEXT_SHA256: Final[Mapping[str, str]] = {
    # VC Data Model 2.0, appendix B.1
    "https://www.w3.org/ns/credentials/v2": "59955ced6697d61e03f2b2556febe5308ab16842846f5b586d7f1f7adec92734",
}


def credential_type(name: str) -> list[str]:
    """The `type` member of a credential of ours."""
    return ["VerifiableCredential", name]
