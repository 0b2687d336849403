"""A figure that is nobody's but its holder's: pyplot does not know of it, and a notebook shows it all the same."""

import io

from matplotlib.figure import Figure

__all__ = ["Picture"]


class Picture(Figure):
    """A matplotlib Figure whose picture is its value in a notebook, whether or not pyplot was ever asked for anything."""

    def _repr_png_(self) -> bytes:
        png = io.BytesIO()
        self.savefig(png, format="png")
        return png.getvalue()
