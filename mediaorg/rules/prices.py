"""What a token costs, for models whose price is published; [USD per million tokens], (input, output), November 2026.

A price may change any day: `AI(price=...)` outranks this table.
"""

import re
from typing import Final

__all__ = ["cost", "price_of"]

_PRICES: Final = {
    "gpt-5.4": (2.50, 15.00),
    "gpt-5.4-mini": (0.75, 4.50),
    "gpt-5.4-nano": (0.20, 1.25),
    "gpt-5": (1.25, 10.00),
    "gpt-5-mini": (0.25, 2.00),
    "gpt-5-nano": (0.05, 0.40),
    "gpt-4.1": (2.00, 8.00),
    "gpt-4.1-mini": (0.40, 1.60),
    "gpt-4.1-nano": (0.10, 0.40),
    "gpt-4o": (2.50, 10.00),
    "gpt-4o-mini": (0.15, 0.60),
    "o4-mini": (1.10, 4.40),
}


def price_of(model: str) -> tuple[float, float] | None:
    """The price of `model`, also where its name carries a day ("gpt-4.1-mini-2025-04-14"); None where it is not known.

    >>> price_of("gpt-4.1-mini-2025-04-14"), price_of("qwen3:8b")
    ((0.4, 1.6), None)
    """
    return _PRICES.get(re.sub(r"-\d{4}-\d\d-\d\d$", "", model))


def cost(price: tuple[float, float] | None, input_tokens: float, output_tokens: float) -> float | None:
    """What so many tokens cost [USD]; None where the price is not known.

    >>> cost((0.4, 1.6), 1_000_000, 500_000), cost(None, 1, 1)
    (1.2, None)
    """
    return None if price is None else (price[0] * input_tokens + price[1] * output_tokens) / 1e6
