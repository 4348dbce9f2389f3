"""What a log and a crash report may say about an exception: where, never about whom."""

from __future__ import annotations

import traceback
from pathlib import Path


def safe_trace(error: BaseException) -> str:
    """The kinds of the chained exceptions and their frames, without messages and source lines.

    Messages carry values ("UNIQUE constraint failed: ... '王芳'"), so they stay out.
    """
    lines: list[str] = []
    current: BaseException | None = error
    while current is not None:
        lines.append(type(current).__qualname__)
        for frame in traceback.extract_tb(current.__traceback__):
            # The last two parts of a path place a frame without telling the user's folder.
            place = "/".join(Path(frame.filename).parts[-2:])
            lines.append(f"  {place}:{frame.lineno} {frame.name}")
        current = current.__cause__ or current.__context__
    return "\n".join(lines)
