"""The chapters of the sample office; a new one adds its line."""

from __future__ import annotations

from core.cli.sample_office.chapters import Chapter
from core.cli.sample_office.fund import CHAPTER as FUND

CHAPTERS: tuple[Chapter, ...] = (FUND,)
