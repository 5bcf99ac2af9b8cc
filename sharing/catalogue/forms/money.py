"""Amounts of money: a decimal in a currency of ISO 4217, banded by powers of ten of the same currency."""

from collections.abc import Mapping
from typing import Any

from sharing.catalogue.bands import interval
from sharing.catalogue.forms.base import Edges, Form
from sharing.catalogue.forms.codes import code_schema
from sharing.catalogue.forms.structs import parts
from sharing.catalogue.patterns import decimal
from sharing.catalogue.quantities import quantity, scale, unscale
from sharing.catalogue.values import NOTHING, Value
from sharing.catalogue.vocabularies import CURRENCIES
from sharing.errors import Problems


class Money(Form[Mapping[str, str]]):
    """An amount {amount, currency}. Not ordered: amounts of two currencies are not compared here."""

    word = "money"
    banded = True
    decimals = 2
    minimum = "0"
    maximum = "100000000000"

    def __init__(self, *, edges: Edges) -> None:
        self.edges = edges

    def parse(self, raw: object, path: str, problems: Problems) -> Mapping[str, str] | None:
        """An object with a decimal amount and a currency code."""
        one = parts(raw, path, problems, must=("amount", "currency"))
        if one is None:
            return None
        currency = one["currency"]
        known = isinstance(currency, str) and currency in CURRENCIES
        if not known:
            problems.add(f"{path}/currency", "unknown_code", "This must be a currency of ISO 4217 such as VND, USD or JPY.")
        most = scale(self.maximum, self.decimals)
        amount = quantity(one["amount"], f"{path}/amount", problems, decimals=self.decimals, least=0, most=most)
        if amount is None or not known:
            return None
        return {"amount": unscale(amount, self.decimals), "currency": str(currency)}

    def band(self, value: Mapping[str, str]) -> Value:
        """The fixed interval around the amount, in its currency."""
        return {**interval(self.edges, scale(value["amount"], self.decimals), self.decimals), "currency": value["currency"]}

    def terms(self, value: Mapping[str, str]) -> frozenset[str]:
        """The currency."""
        return frozenset((value["currency"],))

    def band_terms(self, band: Value) -> frozenset[str]:
        """The currency."""
        return frozenset((str(band["currency"]),)) if isinstance(band, Mapping) else NOTHING

    def schema(self) -> dict[str, Any]:
        """An object of two strings."""
        return {
            "type": "object",
            "additionalProperties": False,
            "required": ["amount", "currency"],
            "properties": {
                "amount": {
                    "oneOf": [
                        {"type": "string", "maxLength": 24, "pattern": decimal(0, int(self.maximum), self.decimals)},
                        {"type": "number", "multipleOf": 0.01, "minimum": 0, "maximum": int(self.maximum)},
                    ]
                },
                "currency": code_schema(CURRENCIES),
            },
        }
