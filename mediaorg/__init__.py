"""mediaorg: a path becomes a row, a row a label, a label a plan, a plan a move, and every move can be taken back."""

import sys
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
    "hashes": "stages.hashes",
    "classify": "stages.classify",
    **dict.fromkeys(("correct", "corrections", "forget_corrections"), "stages.corrections"),
    "explain": "stages.explain",
    **dict.fromkeys(("ai_estimate", "ai_preview"), "stages.ai"),
    "diff": "stages.compare",
    **dict.fromkeys(("check", "load_plan", "plan", "save_plan"), "stages.plan"),
    "Layout": "rules.layouts",
    "lint": "stages.lint",
    "show": "explore.show",
    **dict.fromkeys(("apply", "receipts", "resume", "reverse", "runs", "undo"), "stages.apply"),
    **dict.fromkeys(("Run", "organize"), "stages.organize"),
    "report": "explore.report",
    "thumbnails": "stages.thumbnails",
    "statistics": "stages.statistics",
    "SimulatedDisk": "stages.simulated",
    **dict.fromkeys(("best", "tune"), "stages.tune"),
    **dict.fromkeys(("Job", "run", "start"), "io.loop"),
    "allow_nested_loop": "io.nested",
    "review": "explore.review",
    **dict.fromkeys(
        ("FileMetadata", "PerformantMediaOrganiser", "ProcessingResult", "organize_files", "organize_files_sync"),
        "organiser",
    ),
}

__version__ = "0.1.0"
__all__ = ["__version__", "charts", "errors", "schema", *sorted(_HOMES)]  # noqa: PLE0604


def __getattr__(name: str) -> Any:
    if name in ("charts", "errors", "schema"):
        module = import_module("mediaorg.explore.charts" if name == "charts" else f"mediaorg.{name}")
        _give_frames_media()
        return module
    if name not in _HOMES:
        raise AttributeError(f"module 'mediaorg' has no attribute {name!r}")
    value = getattr(import_module(f"mediaorg.{_HOMES[name]}"), name)
    _give_frames_media()
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)


def _give_frames_media() -> None:
    """Make ``df.media`` known to pandas as soon as there is pandas: at import, or with the first verb, which brings it.

    What stands behind the name is loaded when it is first used.
    """
    extensions = sys.modules.get("pandas.api.extensions")
    if extensions is not None and "_media" not in globals():
        globals()["_media"] = extensions.register_dataframe_accessor("media")(
            lambda df: import_module("mediaorg.explore.accessor").Media(df)
        )


_give_frames_media()
