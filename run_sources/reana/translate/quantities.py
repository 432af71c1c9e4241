"""Amounts as Kubernetes writes them."""

import re
from decimal import Decimal
from typing import Any

_QUANTITY = re.compile(r"(\d{1,15}(?:\.\d{1,9})?)(Ki|Mi|Gi|Ti|Pi|m|k|K|M|G|T|P)?")
_FACTORS = {
    "": Decimal(1), "m": Decimal("0.001"), "k": Decimal(10**3), "K": Decimal(10**3), "M": Decimal(10**6),
    "G": Decimal(10**9), "T": Decimal(10**12), "P": Decimal(10**15),
    "Ki": Decimal(2**10), "Mi": Decimal(2**20), "Gi": Decimal(2**30), "Ti": Decimal(2**40), "Pi": Decimal(2**50),
}  # fmt: skip


def quantity(written: Any) -> int | float | None:
    """``256Mi`` in bytes, ``500m`` in cores; None for what is no amount."""
    if isinstance(written, bool):
        return None
    found = _QUANTITY.fullmatch(str(written).strip()) if isinstance(written, str | int | float) else None
    if not found:
        return None
    value = Decimal(found[1]) * _FACTORS[found[2] or ""]
    return int(value) if value == value.to_integral_value() else float(value)
