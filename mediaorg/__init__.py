"""mediaorg: a path becomes a row, a row a label, a label a plan, a plan a move, and every move can be taken back."""

from importlib import import_module
from typing import Any

# Public name -> the module it lives in. Nothing is imported before its first use: `import mediaorg` costs
# milliseconds, and a worker process that needs libav alone never loads pandas.
_HOMES = {
    **dict.fromkeys(("from_path", "to_path"), "schema"),
    **dict.fromkeys(("AI", "Catalogue", "Limits"), "records"),
    "IMDb": "io.imdb",
    "TVmaze": "io.tvmaze",
    "samples": "collection",
    "scan": "stages.scan",
    "probe": "stages.probe",
    "classify": "stages.classify",
    **dict.fromkeys(("correct", "corrections", "forget_corrections"), "stages.corrections"),
    "explain": "stages.explain",
    **dict.fromkeys(("ai_estimate", "ai_preview"), "stages.ai"),
    **dict.fromkeys(("check", "load_plan", "plan", "save_plan"), "stages.plan"),
    **dict.fromkeys(("apply", "receipts", "resume", "reverse", "runs", "undo"), "stages.apply"),
    **dict.fromkeys(("Run", "organize"), "stages.organize"),
    "run": "io.loop",
    **dict.fromkeys(
        ("FileMetadata", "PerformantMediaOrganiser", "ProcessingResult", "organize_files", "organize_files_sync"),
        "organiser",
    ),
}

__version__ = "0.1.0"
__all__ = ["__version__", "charts", "errors", "schema", *sorted(_HOMES)]  # noqa: PLE0604


def __getattr__(name: str) -> Any:
    if name == "charts":
        return import_module("mediaorg.explore.charts")
    if name in ("errors", "schema"):
        return import_module(f"mediaorg.{name}")
    if name not in _HOMES:
        raise AttributeError(f"module 'mediaorg' has no attribute {name!r}")
    value = getattr(import_module(f"mediaorg.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
